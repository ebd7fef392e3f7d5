// Period and store: days chosen by hand replace the preset; a preset replaces the days.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const tools = document.getElementById("report-tools");
  const days = [tools.elements.from, tools.elements.to];
  tools.addEventListener("submit", (event) => {
    const isPreset = event.submitter?.classList.contains("pc-preset");
    // Those of the preset stand there as they are: it moves on with the days, and they would not.
    const isUntouched = event.submitter?.value && days.every((day) => day.value === day.defaultValue);
    if (isPreset || isUntouched || days.some((day) => !day.value)) days.forEach((day) => (day.disabled = true));
  });
});
