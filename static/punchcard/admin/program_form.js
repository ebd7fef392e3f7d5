// Shows the fields of a program that matter for its type and its rewards. Which those are is said
// once, in promotions/admin/relevance.py; this only hides. The server checks for itself.
"use strict";
{
  const ALL_SETTINGS = "program-all-settings";
  const PART = /^(rules|rewards)-(\d+)-/;
  let tables = null;

  /** Return what the page holds in a field, or undefined if it is not there. */
  function valueOf(prefix, name) {
    const field = document.querySelector(`[name="${CSS.escape(prefix + name)}"]`);
    return field ? field.value : undefined;
  }

  /** Return the prefixes of the rewards that stay. */
  function rewardTypes() {
    return [...document.querySelectorAll('[name^="rewards-"][name$="-reward_type"]')]
      .filter((field) => !field.name.includes("__prefix__"))
      .map((field) => field.value);
  }

  function holds(condition, prefix) {
    return Object.entries(condition).every(([name, allowed]) => {
      if (name === "rewards.reward_type") return rewardTypes().some((one) => allowed.includes(one));
      const asked = name === "program_type" || name === "trigger" ? "" : prefix;
      return allowed.includes(valueOf(asked, name));
    });
  }

  /** Tell whether a field holds something else than it would if nobody had touched it. */
  function isUnusual(prefix, name) {
    const value = valueOf(prefix, name);
    if (value === undefined || value === "") return false;
    const preset = tables.presets[valueOf("", "program_type")] || {};
    const usual = preset[name] ?? tables.usual[name];
    if (usual === undefined) return true;
    return isNaN(Number(usual)) ? value !== usual : Number(value) !== Number(usual);
  }

  function isShown(part, prefix, name, line) {
    const meant = tables.meant[part]?.[name];
    if (meant && !meant.some((one) => holds(one, prefix))) return false;
    const everyday = tables.everyday[part]?.[name];
    if (!everyday || everyday.some((one) => holds(one, prefix))) return true;
    if (line.classList.contains("errors")) return true;
    return document.getElementById("all-settings").checked || isUnusual(prefix, name);
  }

  const named = (line) =>
    [...line.classList].find((one) => one.startsWith("field-") && one !== "field-line")?.slice(6);

  /** Show and hide the fields of one form; a row with nothing in it goes too. */
  function arrange(scope, part, prefix) {
    const rows = [...scope.querySelectorAll(".field-row")].filter((row) => isOwn(row, scope));
    for (const row of rows) {
      const lines = [...row.querySelectorAll(":scope > .field-line")];
      for (const line of lines) {
        const name = named(line);
        line.hidden = !isShown(part, prefix, name, line);
        relabel(line, part, name);
      }
      const shown = lines.filter((line) => !line.hidden).length;
      row.hidden = shown === 0;
      row.classList.toggle("pc-single", shown === 1);
    }
  }

  /** Tell whether a row belongs to this form and not to one nested in it. */
  function isOwn(row, scope) {
    return row.closest(".form-group, form") === scope;
  }

  /** Give a field the name it has in a shop for this type of program. */
  function relabel(line, part, name) {
    const words = tables.labels[part]?.[name];
    const label = line.querySelector("label");
    if (!words || !label) return;
    label.dataset.usual ??= label.textContent;
    label.textContent = words[valueOf("", "program_type")] || label.dataset.usual;
  }

  /** Return the child of `container` that holds the element. */
  function childHolding(container, element) {
    return element.parentElement === container ? element : childHolding(container, element.parentElement);
  }

  function arrangeNested(group, prefix) {
    const nested = group.querySelector(":scope > .form-nested");
    if (!nested) return;
    let shown = 0;
    for (const part of ["slots", "steps"]) {
      const data = nested.querySelector(`[id="${CSS.escape(prefix + part)}-data"]`);
      if (!data) continue;
      const whole = childHolding(nested.querySelector(".shadow-inner"), data);
      whole.hidden = !tables.meant.rewards[part].some((one) => holds(one, prefix));
      if (!whole.hidden) shown += 1;
    }
    nested.hidden = shown === 0;
  }

  function arrangeAll() {
    const form = document.getElementById("promotionprogram_form");
    arrange(form, "program", "");
    for (const group of form.querySelectorAll(".form-group:not(.empty-form)")) {
      const first = group.querySelector("[name]");
      const found = first && PART.exec(first.name);
      if (!found || group.parentElement.closest(".form-group")) continue;
      arrange(group, found[1], found[0]);
      if (found[1] === "rewards") arrangeNested(group, found[0]);
    }
  }

  function set(name, value) {
    const field = document.querySelector(`[name="${CSS.escape(name)}"]`);
    if (field && value !== undefined) field.value = value;
  }

  /** Another type was chosen: its switches, and what its rules count, come with it. */
  function applyPreset() {
    const preset = tables.presets[valueOf("", "program_type")];
    if (!preset) return;
    set("trigger", preset.trigger);
    set("applies_on", preset.applies_on);
    for (const field of document.querySelectorAll('[name^="rules-"][name$="-reward_point_mode"]')) {
      field.value = preset.reward_point_mode;
    }
  }

  function start() {
    const given = document.getElementById("program-relevance");
    const form = document.getElementById("promotionprogram_form");
    const all = document.getElementById("all-settings");
    if (!given || !form || !all) return;
    tables = JSON.parse(given.textContent);
    all.checked = localStorage.getItem(ALL_SETTINGS) === "1";
    all.addEventListener("change", () => {
      localStorage.setItem(ALL_SETTINGS, all.checked ? "1" : "0");
      arrangeAll();
    });
    form.addEventListener("change", (event) => {
      if (event.target.name === "program_type") applyPreset();
      arrangeAll();
    });
    for (const name of ["formset:added", "formset:removed"]) {
      document.addEventListener(name, () => setTimeout(arrangeAll));
    }
    arrangeAll();
    form.classList.add("pc-arranged");
  }

  document.addEventListener("DOMContentLoaded", start);
}
