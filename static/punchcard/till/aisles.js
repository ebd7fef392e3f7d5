// Top categories to choose from, read off the products: the API has products, not shelves.

import { ask } from "./api.js";
import { $, fill, make } from "./dom.js";

const LOOKED_AT = 500;
const MOST = 12;
let chosen = "";

/** Return the path of the chosen category; empty for all. */
export const aisle = () => chosen;

/** Offer the top categories; `changed` is called when another one is chosen. */
export async function startAisles(changed) {
  let page;
  try {
    page = await ask("products", { query: { page_size: LOOKED_AT } });
  } catch {
    return; // The shelf says what is wrong; without aisles it still works.
  }
  const tops = page.results.map((one) => (one.category || "").split(" > ")[0]);
  const names = [...new Set(tops)].filter(Boolean).sort().slice(0, MOST);
  if (names.length < 2) return;
  draw(["", ...names], changed);
}

function draw(names, changed) {
  const buttons = names.map((name) =>
    make(
      "button",
      {
        type: "button",
        aria: { pressed: String(name === chosen) },
        on: {
          click: () => {
            chosen = name;
            draw(names, changed);
            $("aisles").querySelector('[aria-pressed="true"]').focus();
            changed();
          },
        },
      },
      name || gettext("All"),
    ),
  );
  fill($("aisles"), buttons);
  $("aisles").hidden = false;
}
