// Paying and the receipt: the commit is sent once per reference, so a retry never pays twice.

import { ask, explain, Refusal } from "./api.js";
import { basket, clear, orderBody } from "./basket.js";
import { $, complain, fill, make } from "./dom.js";
import { totalRows } from "./lines.js";
import { learn, nameOf } from "./products.js";
import { answer, showQuote } from "./quote.js";
import { isZero, money, number, say } from "./words.js";

let pos = null;
// The reference of the order being paid: kept until it is known to be committed.
let ref = null;
let refOf = "";

/** Start the button that pays; receipts name this store. */
export function startPaying(store) {
  pos = store;
  $("commit").addEventListener("click", pay);
  $("receipt").addEventListener("close", () => $("search").focus());
}

async function pay() {
  const button = $("commit");
  const body = orderBody(pos.ref);
  const same = JSON.stringify(body);
  if (refOf !== same) {
    ref = newRef();
    refOf = same;
  }
  button.disabled = true;
  complain($("problem"), "");
  try {
    const member = basket.member;
    const names = new Map(basket.lines.map((line) => [line.product.sku, line.product.name]));
    const receipt = await ask("orders", {
      method: "POST",
      body: { ...body, ref, expected_total: answer.quote.total },
    });
    refOf = "";
    clear();
    await showReceipt(receipt, { member, names });
  } catch (error) {
    refused(error);
  } finally {
    button.disabled = !answer.quote;
  }
}

function refused(error) {
  if (error instanceof Refusal && error.code === "quote_changed") {
    const said = gettext("The price has changed meanwhile. Look again, then pay.");
    showQuote(error.facts.decision, said);
    return;
  }
  complain($("problem"), explain(error));
}

function newRef() {
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const bytes = crypto.getRandomValues(new Uint8Array(5));
  const tail = [...bytes].map((one) => one.toString(36).padStart(2, "0")).join("").toUpperCase();
  return `T-${day}-${tail}`;
}

/** Show the receipt of a committed order in its dialog. */
export async function showReceipt(receipt, { member = null, names = new Map(), back = null } = {}) {
  const skus = receipt.lines.map((line) => line.sku).filter((sku) => !names.has(sku));
  await learn(skus);
  const name = (sku) => names.get(sku) || nameOf(sku);
  const dialog = $("receipt");
  fill(
    dialog,
    make(
      "article",
      { className: "paper" },
      head(receipt),
      make("ul", { className: "sold" }, receipt.lines.map((line) => sold(line, name, receipt))),
      make("div", { className: "totals" }, rows(receipt)),
      coupons(receipt),
      points(receipt, member),
      back,
    ),
    make(
      "div",
      { className: "pay" },
      make("button", { type: "button", className: "quiet", on: { click: () => print() } }, gettext("Print")),
      make(
        "button",
        { type: "button", className: "primary", on: { click: () => dialog.close() } },
        gettext("Next customer"),
      ),
    ),
  );
  if (!dialog.open) dialog.showModal();
  dialog.querySelector(".primary").focus();
}

function head(receipt) {
  const how = { dateStyle: "medium", timeStyle: "short" };
  const now = new Date().toLocaleString(document.documentElement.lang, how);
  return make(
    "header",
    {},
    make("b", {}, pos.name || pos.ref),
    make("small", {}, now),
    make("small", { className: "ref" }, receipt.ref),
  );
}

function sold(line, name, receipt) {
  const names = new Map(receipt.rewards.map((one) => [`${one.program}/${one.reward}`, one.program_name]));
  return make(
    "li",
    {},
    make("span", {}, name(line.sku)),
    make("span", {}, money(line.subtotal, receipt.currency)),
    make("small", {}, `${number(line.qty)} × ${money(line.unit_price, receipt.currency)}`),
    line.discounts.map((one) => [
      make("em", {}, names.get(`${one.program}/${one.reward}`) || gettext("Discount")),
      make("em", {}, `−${money(one.amount, receipt.currency)}`),
    ]),
  );
}

function rows(receipt) {
  const written = totalRows(receipt).map(([name, amount, kind = ""]) =>
    make("div", { className: kind }, make("span", {}, name), make("span", {}, amount)),
  );
  if (isZero(receipt.discount_total)) return written;
  const saved = say("You saved %(amount)s", {
    amount: money(receipt.discount_total, receipt.currency),
  });
  return [...written, make("p", { className: "saved" }, saved)];
}

function coupons(receipt) {
  return (receipt.coupons_issued || []).map((one) =>
    make(
      "figure",
      { className: "code" },
      qr(one.code),
      make("figcaption", {}, gettext("A coupon for you"), make("b", {}, one.code)),
    ),
  );
}

function points(receipt, member) {
  const moved = receipt.points.find((one) => one.card);
  if (!moved) return null;
  return make(
    "figure",
    { className: "code" },
    qr(moved.card),
    make(
      "figcaption",
      {},
      member ? member.name : gettext("Your card"),
      make("b", {}, moved.card),
      make("span", {}, say("%(points)s points", { points: number(moved.balance_after) })),
    ),
  );
}

function qr(text) {
  const address = new URL(document.body.dataset.qr, location.origin);
  address.searchParams.set("text", text);
  return make("img", { src: address.href, alt: say("QR code of %(text)s", { text }), width: 108, height: 108 });
}
