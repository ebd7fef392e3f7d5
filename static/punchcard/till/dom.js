// Small ways of making elements. Text is always text: nothing here parses HTML.

/** Return the element with this id. */
export const $ = (id) => document.getElementById(id);

/**
 * Return a new element. `facts` are properties, `on` holds listeners, `data` data attributes,
 * `aria` ARIA attributes; children are elements, strings, or nothing.
 */
export function make(tag, facts = {}, ...children) {
  const made = document.createElement(tag);
  const { on = {}, data = {}, aria = {}, role, ...properties } = facts;
  Object.assign(made, properties);
  for (const [name, listener] of Object.entries(on)) made.addEventListener(name, listener);
  for (const [name, value] of Object.entries(data)) made.dataset[name] = value;
  for (const [name, value] of Object.entries(aria)) made.setAttribute(`aria-${name}`, value);
  if (role) made.setAttribute("role", role);
  made.append(...children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== ""));
  return made;
}

/** Replace what is inside an element. */
export function fill(element, ...children) {
  element.replaceChildren(
    ...children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== ""),
  );
}

/** Show a sentence in a line for problems, or hide the line. */
export function complain(element, sentence) {
  element.textContent = sentence || "";
  element.hidden = !sentence;
}
