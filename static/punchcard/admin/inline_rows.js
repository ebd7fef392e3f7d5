// Keeps what was typed when a row that was not saved yet is removed: the rows after it are numbered
// anew by rewriting their HTML, and HTML knows attributes, not what somebody typed since.
"use strict";
{
  /** Write the present values of a row into its attributes, and take its search boxes apart. */
  function settle(row) {
    const $ = window.django?.jQuery;
    for (const select of row.querySelectorAll("select")) {
      if ($?.(select).data("select2")) $(select).select2("destroy");
      for (const option of select.options) option.toggleAttribute("selected", option.selected);
    }
    for (const input of row.querySelectorAll("input")) {
      if (input.type === "checkbox" || input.type === "radio") {
        input.toggleAttribute("checked", input.checked);
      } else input.setAttribute("value", input.value);
    }
    for (const area of row.querySelectorAll("textarea")) area.textContent = area.value;
  }

  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest(".delete-template");
      const row = button?.closest(".form-group");
      if (!row) return;
      const formset = row.closest(".formset");
      const rows = [...formset.querySelectorAll(":scope > .form-group:not(.empty-form)")];
      const after = rows.slice(rows.indexOf(row) + 1);
      if (!after.length) return;
      after.forEach(settle);
      const { prefix } = JSON.parse(formset.dataset.inlineFormset).options;
      const wake = () => {
        document.removeEventListener("formset:removed", wake);
        after.forEach((one) => {
          const index = [...formset.children].indexOf(one);
          const detail = { formsetName: prefix, row: one, index };
          one.dispatchEvent(new CustomEvent("formsetGroup:added", { bubbles: true, detail }));
        });
      };
      document.addEventListener("formset:removed", wake);
    },
    true,
  );
}
