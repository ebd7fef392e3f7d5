// Search boxes get the names of their fields: the widget draws controls of its own, which a screen
// reader would otherwise announce without a name.
"use strict";
{
  function name(box) {
    const select = box.previousElementSibling;
    const label = select?.id && document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    if (!label) return;
    const text = label.textContent.replace("*", "").trim();
    for (const control of box.querySelectorAll(
      ".select2-search__field, [role='combobox'], [role='textbox']",
    )) {
      control.setAttribute("aria-label", text);
      control.removeAttribute("aria-labelledby");
    }
  }

  function nameAll() {
    document.querySelectorAll(".select2-container").forEach(name);
  }

  window.addEventListener("load", () => setTimeout(nameAll));
  for (const event of ["formset:added", "formset:removed"]) {
    document.addEventListener(event, () => setTimeout(nameAll));
  }
}
