// Goods that come back: the order is found by the reference on its receipt.

import { ask, explain, segment } from "./api.js";
import { plus } from "./basket.js";
import { $, complain, fill, make } from "./dom.js";
import { learn, nameOf } from "./products.js";
import { isZero, money, number, say } from "./words.js";

/** Start the button that opens the dialog. */
export function startReturns() {
  $("open-return").hidden = false;
  $("open-return").addEventListener("click", () => open());
}

function open() {
  const ref = make("input", { id: "return-ref", required: true, autocomplete: "off" });
  const problem = make("p", { className: "problem", role: "alert", hidden: true });
  const form = make(
    "form",
    { on: { submit: (event) => { event.preventDefault(); find(ref.value.trim(), problem); } } },
    make("h1", { id: "return-title" }, gettext("Return")),
    make("label", { htmlFor: "return-ref" }, gettext("Number on the receipt")),
    ref,
    problem,
    buttons(make("button", { className: "primary" }, gettext("Find the order"))),
  );
  show(form);
  ref.focus();
}

async function find(ref, problem) {
  complain(problem, "");
  try {
    const order = await ask(`orders/${segment(ref)}`);
    await learn(order.lines.map((line) => line.sku));
    choose(order);
  } catch (error) {
    complain(problem, explain(error));
  }
}

/** Ask how many units of each line come back. */
function choose(order) {
  const problem = make("p", { className: "problem", role: "alert", hidden: true });
  const before = returnedBefore(order);
  const fields = order.lines.map((line) => {
    const left = Number(plus(line.qty, -(before.get(line.line_id) || 0)));
    const input = make("input", {
      id: `back-${line.line_id}`,
      inputMode: "decimal",
      value: "0",
      disabled: left <= 0,
    });
    const all = make(
      "button",
      { type: "button", className: "quiet", disabled: left <= 0, on: { click: () => { input.value = String(left); } } },
      say("all %(qty)s", { qty: number(left) }),
    );
    const row = make(
      "li",
      {},
      make("label", { htmlFor: input.id }, nameOf(line.sku)),
      make("small", {}, say("paid %(amount)s", { amount: money(line.total, order.currency) })),
      input,
      all,
    );
    return { line, input, row };
  });
  // One key for one set of lines: pressing twice refunds once, other lines are another return.
  let key = "";
  let keyOf = "";
  const send = async (event) => {
    event.preventDefault();
    const lines = fields
      .map(({ line, input }) => ({ line_id: line.line_id, qty: input.value.replace(",", ".").trim() }))
      .filter((one) => Number(one.qty) > 0);
    if (!lines.length) {
      complain(problem, gettext("Say how many come back."));
      return;
    }
    if (keyOf !== JSON.stringify(lines)) {
      keyOf = JSON.stringify(lines);
      key = crypto.randomUUID();
    }
    try {
      const path = `orders/${segment(order.ref)}/returns`;
      const answer = await ask(path, { method: "POST", key, body: { lines } });
      done(order, answer);
    } catch (error) {
      complain(problem, explain(error));
    }
  };
  show(
    make(
      "form",
      { on: { submit: send } },
      make("h1", { id: "return-title" }, say("Return of %(ref)s", { ref: order.ref })),
      make("ul", { className: "coming-back" }, fields.map(({ row }) => row)),
      problem,
      buttons(make("button", { className: "primary" }, gettext("Refund"))),
    ),
  );
  fields.find(({ input }) => !input.disabled)?.input.focus();
}

function done(order, answer) {
  const points = answer.points.flatMap((one) => [
    isZero(one.taken_back)
      ? null
      : make("p", {}, say("%(points)s points taken back", { points: number(one.taken_back) })),
    isZero(one.given_back)
      ? null
      : make("p", {}, say("%(points)s points given back", { points: number(one.given_back) })),
  ]);
  const coupons = answer.coupons
    .filter((one) => one.what === "revived")
    .map((one) => make("p", {}, say("The code %(code)s can be used again", { code: one.code })));
  const close = make(
    "button",
    { type: "button", className: "primary", on: { click: () => $("return").close() } },
    gettext("Done"),
  );
  show(
    make("h1", { id: "return-title" }, gettext("Refunded")),
    make("p", { className: "refund" }, money(answer.refund, order.currency)),
    points,
    coupons,
    make("div", { className: "pay" }, close),
  );
  close.focus();
}

/** Return how many units of each line came back before, by line. */
function returnedBefore(order) {
  const units = new Map();
  for (const line of order.returns.flatMap((one) => one.lines)) {
    units.set(line.line_id, (units.get(line.line_id) || 0) + Number(line.qty));
  }
  return units;
}

function buttons(main) {
  const cancel = make(
    "button",
    { type: "button", className: "quiet", on: { click: () => $("return").close() } },
    gettext("Close"),
  );
  return make("div", { className: "pay" }, cancel, main);
}

function show(...content) {
  fill($("return"), ...content);
  if (!$("return").open) $("return").showModal();
}
