// Draws the charts of a report page; each reads its numbers from the element it names.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) {
    window.punchcardCharts.draw(canvas, JSON.parse(document.getElementById(canvas.dataset.chart).textContent));
  }
});
