// Charts of reports: Chart.js as it comes with the admin's theme, in the theme's colours.
"use strict";
{
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const isDark = () => document.documentElement.classList.contains("dark");

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  // A canvas does not notice that the page's font has come.
  document.fonts.ready.then(() => Object.values(Chart.instances).forEach((one) => one.update("none")));

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

  /** Draw money over time as bars; `update(labels, sales, discounts, money)` moves them. */
  function moneyChart(canvas, names) {
    let money = new Intl.NumberFormat();
    const short = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact" });
    const bar = (label, colourName) => ({ label, data: [], backgroundColor: colour(colourName), borderRadius: 3, maxBarThickness: 36 });
    const chart = new Chart(canvas, {
      type: "bar",
      data: { labels: [], datasets: [bar(names.sales, "--color-primary-500"), bar(names.discounts, "--color-base-400")] },
      options: {
        animation: false, // a board that moves by itself twice a second must not also wave
        maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        plugins: {
          legend: { align: "end", labels: { boxWidth: 10, boxHeight: 10 } },
          tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${money.format(item.raw)}` } },
        },
        scales: { x: axis({ grid: { display: false } }), y: axis({ beginAtZero: true }) },
      },
    });
    chart.options.scales.y.ticks.callback = (value) => short.format(value);
    watch(chart);
    return (labels, sales, discounts, format) => {
      money = format;
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

  const NARROW = 520;
  const SHORT = 18;
  const SHADES = ["--color-primary-500", "--color-base-400", "--color-primary-300", "--color-base-600", "--color-primary-800"];

  /** Draw numbers as they stand on the page: `{kind, labels, series: [{name, values}], currency, unit}`. */
  function draw(canvas, { kind, labels, series, currency, unit = "" }) {
    const across = kind === "across";
    const lang = document.documentElement.lang;
    const money = currency ? new Intl.NumberFormat(lang, { style: "currency", currency }) : new Intl.NumberFormat(lang);
    const short = new Intl.NumberFormat(lang, { notation: "compact" });
    const look = (at) => {
      const one = colour(SHADES[at % SHADES.length]);
      if (kind === "lines") return { borderColor: one, backgroundColor: one, borderWidth: 2, pointRadius: labels.length > 40 ? 0 : 2, cubicInterpolationMode: "monotone" };
      return { backgroundColor: one, borderRadius: 3, maxBarThickness: across ? 22 : 36 };
    };
    const values = axis({ beginAtZero: true, stacked: kind === "stacked" });
    values.ticks.callback = (value) => short.format(value) + unit;
    const names = axis({ grid: { display: false }, stacked: kind === "stacked" });
    if (across) {
      names.ticks.autoSkip = false; // every bar has its name, a short one on a phone
      names.ticks.callback = (_value, at) => (canvas.clientWidth < NARROW && labels[at].length > SHORT ? `${labels[at].slice(0, SHORT)}…` : labels[at]);
    }
    const chart = new Chart(canvas, {
      type: kind === "lines" ? "line" : "bar",
      data: { labels, datasets: series.map((one, at) => ({ label: one.name, data: one.values, ...look(at) })) },
      options: {
        indexAxis: across ? "y" : "x",
        animation: false,
        maintainAspectRatio: false,
        interaction: { mode: "index", axis: across ? "y" : "x", intersect: false },
        plugins: {
          legend: { display: series.length > 1, align: "end", labels: { boxWidth: 10, boxHeight: 10 } },
          tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${money.format(item.raw)}${unit}` } },
        },
        scales: across ? { x: values, y: names } : { x: names, y: values },
      },
    });
    watch(chart);
  }

  function watch(chart) {
    paint(chart);
    new MutationObserver(() => paint(chart)).observe(document.documentElement, { attributeFilter: ["class"] });
  }

  window.punchcardCharts = { moneyChart, countChart, draw };
}
