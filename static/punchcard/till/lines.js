// The basket on the page: lines, discounts, offers and totals as the quote says.

import { basket, claim, clear, dropCode, plus, setQty, unclaim, watch } from "./basket.js";
import { $, complain, fill, make } from "./dom.js";
import { nameOf } from "./products.js";
import { answer, watchQuote } from "./quote.js";
import { isZero, money, number, reason, say, sayCount } from "./words.js";

let currency = "USD";
let saidTotal = "";

/** Start drawing the basket. */
export function startLines(ofStore) {
  currency = ofStore;
  $("clear").addEventListener("click", () => {
    clear();
    $("search").focus();
  });
  watch(draw);
  watchQuote(draw);
  draw();
}

function draw() {
  const { quote, problem, busy } = answer;
  const filled = basket.lines.length > 0;
  $("basket").classList.toggle("busy", busy);
  $("empty").hidden = filled;
  $("clear").disabled = !filled;
  $("commit").disabled = !filled || busy || !quote;
  complain($("problem"), problem);
  drawLines(quote);
  fill($("codes"), basket.codes.map((code) => codeChip(code, quote)));
  fill($("offers"), quote ? [...freeItems(quote), ...claimables(quote), ...hints(quote)] : []);
  drawTotals(quote);
}

/** Redraw the lines and keep the focus on the same control. */
function drawLines(quote) {
  const focused = document.activeElement?.dataset?.control;
  const decided = new Map((quote?.lines || []).map((line) => [line.line_id, line]));
  const names = new Map((quote?.rewards || []).map((one) => [key(one), one.program_name]));
  fill($("lines"), basket.lines.map((line) => lineOf(line, decided.get(line.id), names)));
  if (focused) $("lines").querySelector(`[data-control="${CSS.escape(focused)}"]`)?.focus();
}

const key = (one) => `${one.program}/${one.reward}`;

function lineOf(line, decided, names) {
  const { product } = line;
  const control = (name) => ({ control: `${line.id}-${name}` });
  const step = (name, sign, label) =>
    make(
      "button",
      {
        type: "button",
        className: "step",
        aria: { label },
        data: control(name),
        on: { click: () => setQty(line.id, plus(line.qty, name === "more" ? 1 : -1)) },
      },
      sign,
    );
  return make(
    "li",
    { className: "line" },
    make(
      "div",
      { className: "what" },
      make("span", { className: "name" }, product.name),
      make("span", { className: "each" }, money(decided?.unit_price ?? product.price, currency)),
    ),
    make(
      "div",
      { className: "qty" },
      step("less", "−", say("One less of %(name)s", { name: product.name })),
      make("input", {
        value: line.qty,
        inputMode: "decimal",
        aria: { label: say("Quantity of %(name)s", { name: product.name }) },
        data: control("qty"),
        on: { change: (event) => setQty(line.id, event.target.value.replace(",", ".")) },
      }),
      step("more", "+", say("One more of %(name)s", { name: product.name })),
    ),
    make("div", { className: "sum" }, decided ? lineSum(decided) : ""),
    decided && decided.discounts.length ? lineDiscounts(decided, names) : null,
  );
}

function lineSum(decided) {
  if (isZero(decided.discount)) return money(decided.total, currency);
  return [
    make("s", { aria: { label: gettext("before") } }, money(decided.subtotal, currency)),
    make("b", {}, money(decided.total, currency)),
  ];
}

function lineDiscounts(decided, names) {
  return make(
    "ul",
    { className: "taken" },
    decided.discounts.map((one) =>
      make(
        "li",
        {},
        make("span", {}, names.get(key(one)) || gettext("Discount")),
        make("span", {}, `−${money(one.amount, currency)}`),
      ),
    ),
  );
}

function codeChip(code, quote) {
  const fate = quote?.codes.find((one) => one.code === code);
  const rejected = fate?.status === "rejected";
  return make(
    "li",
    { className: `chip ${fate ? fate.status : ""}` },
    make("b", {}, code),
    fate ? make("span", {}, rejected ? reason(fate.reason) : gettext("applied")) : null,
    make(
      "button",
      {
        type: "button",
        aria: { label: say("Remove the code %(code)s", { code }) },
        on: { click: () => dropCode(code) },
      },
      "×",
    ),
  );
}

function freeItems(quote) {
  return quote.free_items.map((one) =>
    make(
      "p",
      { className: "offer free" },
      say("Free to take: %(qty)s × %(name)s", { qty: number(one.qty), name: nameOf(one.sku) }),
    ),
  );
}

function claimables(quote) {
  const claimed = basket.claims.map((one) => {
    const taken = quote.rewards.find((it) => key(it) === key(one));
    const refused = (quote.refused_claims || []).find((it) => it.program === one.program);
    return make(
      "div",
      { className: `offer ${taken ? "claimed" : "hint"}` },
      make("span", {}, taken ? taken.description : reason(refused?.reason) || gettext("Claimed")),
      make(
        "button",
        { type: "button", className: "quiet", on: { click: () => unclaim(one.program, one.reward) } },
        gettext("Take back"),
      ),
    );
  });
  return [...claimed, ...quote.claimable.map(claimable)];
}

function claimable(one) {
  const choice = one.products?.length > 1 ? productChoice(one) : null;
  return make(
    "div",
    { className: "offer claimable" },
    make(
      "div",
      {},
      make("b", {}, one.description),
      make(
        "small",
        {},
        say("%(needed)s of %(held)s points", {
          needed: number(one.required_points),
          held: number(one.available_points),
        }),
      ),
      choice,
    ),
    make(
      "button",
      {
        type: "button",
        className: "claim",
        aria: { label: say("Claim: %(reward)s", { reward: one.description }) },
        on: { click: () => claim(one.program, one.reward, choice?.value ?? null) },
      },
      gettext("Claim"),
    ),
  );
}

function productChoice(one) {
  return make(
    "select",
    { aria: { label: gettext("Product to give") } },
    one.products.map((sku) => make("option", { value: sku }, nameOf(sku))),
  );
}

/** What is within reach, by an amount or a quantity; or why money for a card would be lost. */
function hints(quote) {
  return quote.hints.map((one) => {
    if (!one.missing_amount && !one.missing_qty) {
      return make("p", { className: "offer hint" }, `${one.program_name}: ${reason(one.reason)}`);
    }
    const missing = one.missing_amount
      ? money(one.missing_amount, currency)
      : sayCount("%(qty)s item", "%(qty)s items", Number(one.missing_qty), {
          qty: number(one.missing_qty),
        });
    return make(
      "p",
      { className: "offer hint" },
      say("%(missing)s to go for %(program)s", { missing, program: one.program_name }),
    );
  });
}

function drawTotals(quote) {
  const box = $("totals");
  box.hidden = !quote;
  $("commit").textContent = quote
    ? say("Pay %(amount)s", { amount: money(quote.amount_due, currency) })
    : gettext("Pay");
  drawBasketButton(quote);
  if (!quote) return;
  fill(box, totalRows(quote).map(([name, amount, kind = ""]) =>
    make("div", { className: kind }, make("span", {}, name), make("span", {}, amount)),
  ));
  const said = say("Total %(total)s, discount %(discount)s", {
    total: money(quote.total, currency),
    discount: money(quote.discount_total, currency),
  });
  if (said !== saidTotal) $("say").textContent = saidTotal = said;
}

/** Return the rows under the lines: name, amount, kind. */
export function totalRows(quote) {
  const rows = [[gettext("Subtotal"), money(quote.subtotal, currency)]];
  for (const one of quote.rewards) {
    if (isZero(one.amount)) continue;
    rows.push([one.program_name, `−${money(one.amount, currency)}`, "off"]);
  }
  rows.push([gettext("Total"), money(quote.total, currency), "grand"]);
  for (const paid of quote.payments) {
    rows.push([gettext("Paid by card"), `−${money(paid.amount, currency)}`]);
  }
  if (quote.payments.length) {
    rows.push([gettext("To pay"), money(quote.amount_due, currency), "grand"]);
  }
  for (const moved of quote.points) {
    if (!isZero(moved.earned)) {
      rows.push([gettext("Points earned"), `+${number(moved.earned)}`, "points"]);
    }
    if (!isZero(moved.spent)) {
      rows.push([gettext("Points spent"), `−${number(moved.spent)}`, "points"]);
    }
  }
  return rows;
}

function drawBasketButton(quote) {
  const button = $("to-basket");
  const count = basket.lines.length;
  button.hidden = !count;
  const amount = quote ? money(quote.amount_due, currency) : "…";
  button.textContent = sayCount("%(count)s line · %(amount)s", "%(count)s lines · %(amount)s", count, {
    amount,
  });
}
