// The shelf: products found through the API, a tap puts one into the basket.

import { aisle, startAisles } from "./aisles.js";
import { ask, explain, follow } from "./api.js";
import { add, basket, watch } from "./basket.js";
import { $, fill, make } from "./dom.js";
import { money, number, sayCount } from "./words.js";

const PAGE = 48;
const WAIT = 180; // milliseconds of typing before asking
const known = new Map();
let currency = "USD";
let asked = null;
let next = null;
let timer = 0;

/** Start the shelf; prices are shown in this currency. */
export function startShelf(ofStore) {
  currency = ofStore;
  $("find").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    find($("search").value, true);
  });
  $("search").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => find($("search").value), WAIT);
  });
  $("more").addEventListener("click", () => more());
  watch(badges);
  startAisles(() => find($("search").value));
  return find("");
}

/** Return the name of a product seen before, else its SKU. */
export function nameOf(sku) {
  return known.get(sku)?.name ?? sku;
}

/** Learn the names of products that only an order mentions. */
export async function learn(skus) {
  const unknown = [...new Set(skus)].filter((sku) => !known.has(sku));
  await Promise.all(
    unknown.map(async (sku) => {
      try {
        remember(await ask(`products/${encodeURIComponent(sku)}`));
      } catch {
        // The SKU itself is shown then.
      }
    }),
  );
}

function remember(product) {
  known.set(product.sku, product);
  return product;
}

/** Ask for products; a scanned SKU that matches exactly goes straight into the basket. */
async function find(typed, entered = false) {
  asked?.abort();
  const mine = (asked = new AbortController());
  const wanted = typed.trim();
  try {
    const page = await ask("products", {
      query: { q: wanted, category: aisle(), page_size: PAGE },
      signal: mine.signal,
    });
    const exact = page.results.find((one) => one.sku.toLowerCase() === wanted.toLowerCase());
    if (entered && (exact || page.results.length === 1)) {
      add(remember(exact || page.results[0]));
      $("search").value = "";
      return find("");
    }
    fill($("products"), page.results.map(card));
    follows(page);
    $("found").textContent = sayCount(
      "%(count)s product found",
      "%(count)s products found",
      page.results.length,
    );
    if (!page.results.length) {
      fill($("products"), make("li", { className: "none" }, gettext("No product is called that.")));
    }
  } catch (error) {
    if (error.name !== "AbortError") {
      fill($("products"), make("li", { className: "none" }, explain(error)));
      $("more").hidden = true;
    }
  }
}

async function more() {
  if (!next) return;
  $("more").disabled = true;
  try {
    const page = await follow(next);
    $("products").append(...page.results.map(card));
    follows(page);
  } catch (error) {
    $("found").textContent = explain(error);
  } finally {
    $("more").disabled = false;
  }
}

function follows(page) {
  next = page.next || null;
  $("more").hidden = !next;
  badges();
}

function card(product) {
  remember(product);
  const path = product.category || "";
  const leaf = path.split(" > ").pop();
  return make(
    "li",
    {},
    make(
      "button",
      {
        type: "button",
        className: "product",
        data: { sku: product.sku, hue: String(hueOf(path.split(" > ")[0])) },
        on: { click: () => add(product) },
      },
      make("span", { className: "leaf" }, leaf || product.sku),
      make("span", { className: "name" }, product.name),
      make("span", { className: "price" }, money(product.price, currency)),
      make("span", { className: "count", hidden: true }),
    ),
  );
}

/** Return one of twelve colours for a category, the same every time. */
function hueOf(text) {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return sum % 12;
}

/** Show on each product how many of it are in the basket. */
function badges() {
  const counts = new Map(basket.lines.map((line) => [line.product.sku, line.qty]));
  for (const button of $("products").querySelectorAll(".product")) {
    const count = counts.get(button.dataset.sku);
    const badge = button.querySelector(".count");
    badge.hidden = !count;
    badge.textContent = count ? number(count) : "";
  }
}
