// The weekly schedule: as soon as the last window is used, another empty one appears below it.
"use strict";
{
  function isUsed(row) {
    return [...row.querySelectorAll("input")].some((one) =>
      one.type === "checkbox" ? one.checked : one.value.trim(),
    );
  }

  function another(box) {
    const rows = [...box.querySelectorAll(".pc-window")];
    const last = rows.at(-1);
    if (!last || !isUsed(last) || rows.length >= Number(box.dataset.most)) return;
    const row = last.cloneNode(true);
    const before = last.dataset.prefix;
    const prefix = before.replace(/\d+$/, String(rows.length));
    row.dataset.prefix = prefix;
    for (const input of row.querySelectorAll("input")) {
      input.name = input.name.replace(before, prefix);
      if (input.type === "checkbox") input.checked = false;
      else input.value = "";
    }
    box.append(row);
  }

  document.addEventListener("input", (event) => {
    const box = event.target.closest(".pc-schedule");
    if (box) another(box);
  });
}
