// One program over a period.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const canvas = document.getElementById("program-chart");
  if (!canvas) return;
  const rows = JSON.parse(document.getElementById("program-data").textContent);
  const update = window.punchcardCharts.moneyChart(canvas, canvas.dataset);
  update(rows.map((row) => row.label), rows.map((row) => row.sales_value), rows.map((row) => row.discount_value));
});
