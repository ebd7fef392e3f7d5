// Charts of reports: Chart.js as it comes with the admin's theme, in the theme's colours.
"use strict";
{
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const isDark = () => document.documentElement.classList.contains("dark");

  function paint(chart) {
    const text = colour(isDark() ? "--color-base-400" : "--color-base-500");
    const grid = colour(isDark() ? "--color-base-800" : "--color-base-200");
    for (const axis of Object.values(chart.options.scales ?? {})) {
      axis.ticks.color = text;
      axis.grid.color = grid;
    }
    if (chart.options.plugins.legend.labels) chart.options.plugins.legend.labels.color = text;
    chart.update("none");
  }

  const axis = (more = {}) => ({ grid: { drawTicks: false }, border: { display: false }, ticks: { padding: 8, maxRotation: 0, autoSkipPadding: 16 }, ...more });

  /** Draw money over time as bars; `update(labels, sales, discounts)` moves them. */
  function moneyChart(canvas, names) {
    const bar = (label, colourName) => ({ label, data: [], backgroundColor: colour(colourName), borderRadius: 3, maxBarThickness: 36 });
    const chart = new Chart(canvas, {
      type: "bar",
      data: { labels: [], datasets: [bar(names.sales, "--color-primary-500"), bar(names.discounts, "--color-base-400")] },
      options: {
        animation: false, // a board that moves by itself twice a second must not also wave
        maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        plugins: { legend: { align: "end", labels: { boxWidth: 10, boxHeight: 10 } } },
        scales: { x: axis({ grid: { display: false } }), y: axis({ beginAtZero: true }) },
      },
    });
    watch(chart);
    return (labels, sales, discounts) => {
      chart.data.labels = labels;
      chart.data.datasets[0].data = sales;
      chart.data.datasets[1].data = discounts;
      chart.update();
    };
  }

  /** Draw how many of each name; `update(labels, counts)` moves them. */
  function countChart(canvas) {
    const shades = ["300", "400", "500", "600", "700", "800"].map((one) => colour(`--color-primary-${one}`));
    const chart = new Chart(canvas, {
      type: "bar",
      data: { labels: [], datasets: [{ data: [], backgroundColor: shades, borderRadius: 3, maxBarThickness: 28 }] },
      options: {
        indexAxis: "y",
        animation: false,
        maintainAspectRatio: false,
        plugins: { legend: { display: false } },
        scales: { x: axis({ beginAtZero: true }), y: axis({ grid: { display: false } }) },
      },
    });
    watch(chart);
    return (labels, counts) => {
      chart.data.labels = labels;
      chart.data.datasets[0].data = counts;
      chart.update();
    };
  }

  function watch(chart) {
    paint(chart);
    new MutationObserver(() => paint(chart)).observe(document.documentElement, { attributeFilter: ["class"] });
  }

  window.punchcardCharts = { moneyChart, countChart };
}
