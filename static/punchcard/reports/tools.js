// Period and store: days chosen by hand replace the preset; a preset replaces the days.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const tools = document.getElementById("report-tools");
  tools?.addEventListener("submit", (event) => {
    const days = [tools.elements.from, tools.elements.to];
    if (event.submitter?.classList.contains("pc-preset")) days.forEach((day) => (day.disabled = true));
    else if (days.some((day) => !day.value)) days.forEach((day) => (day.disabled = true));
  });
});
