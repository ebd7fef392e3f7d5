// The page of the theme has no main part, and its menu no name: screen readers get them here.
//
// Search boxes get the names of their fields: the widget draws controls of its own, which a screen
// reader would otherwise announce without a name. What was chosen in them is a group, not a list:
// the widget puts more than items into its list.
"use strict";
{
  const CONTROLS = ".select2-search__field, [role='combobox'], [role='textbox']";

  function name(box) {
    const select = box.previousElementSibling;
    const label = select?.id && document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    const text = label ? label.textContent.replace("*", "").trim() : "";
    if (text) {
      for (const control of box.querySelectorAll(CONTROLS)) {
        control.setAttribute("aria-label", text);
        control.removeAttribute("aria-labelledby");
      }
    }
    box.querySelectorAll("ul.select2-selection__rendered").forEach((list) => group(list, text));
  }

  /** Make a group of what was chosen, now and whenever the widget draws it anew. */
  function group(list, text) {
    if (text) list.setAttribute("aria-label", text);
    const mend = () => {
      for (const item of list.children) if (item.role !== "none") item.role = "none";
    };
    mend();
    if (list.role === "group") return;
    list.role = "group";
    new MutationObserver(mend).observe(list, { childList: true });
  }

  function nameAll() {
    document.querySelectorAll(".select2-container").forEach(name);
    unmark();
    // Menus beside that of the site go by what they lead to: "General Versions".
    for (const menu of document.querySelectorAll("#main nav:not([aria-label])")) {
      const text = menu.innerText.replace(/\s+/g, " ").trim();
      if (text) menu.setAttribute("aria-label", text);
    }
  }

  function mark() {
    document.getElementById("main")?.setAttribute("role", "main");
    document.getElementById("nav-sidebar-inner")?.setAttribute("aria-label", document.title.split(" | ").at(-1));
  }

  /** The boxes that scroll call themselves regions, all by one name in one language. */
  function unmark() {
    for (const box of document.querySelectorAll(".simplebar-content-wrapper")) {
      box.removeAttribute("role");
      box.removeAttribute("aria-label");
    }
  }

  document.addEventListener("DOMContentLoaded", mark);
  window.addEventListener("load", () => setTimeout(nameAll));
  for (const event of ["formset:added", "formset:removed"]) {
    document.addEventListener(event, () => setTimeout(nameAll));
  }
}
