// The basket as the cashier made it. Prices and totals belong to the quote, not to it.

const listeners = new Set();

export const basket = { lines: [], codes: [], claims: [], member: null };

/** Call `listener` after every change of the basket. */
export function watch(listener) {
  listeners.add(listener);
}

function changed() {
  for (const listener of listeners) listener(basket);
}

/** Put one more unit of a product into the basket. */
export function add(product) {
  const line = basket.lines.find((one) => one.product.sku === product.sku);
  if (line) line.qty = plus(line.qty, 1);
  else basket.lines.push({ id: crypto.randomUUID().slice(0, 8), product, qty: "1" });
  changed();
}

/** Set the quantity of a line, a decimal string; zero or less removes it. */
export function setQty(id, qty) {
  const line = basket.lines.find((one) => one.id === id);
  if (!line) return;
  if (!(Number(qty) > 0)) basket.lines = basket.lines.filter((one) => one.id !== id);
  else line.qty = String(qty);
  changed();
}

/** Return a quantity plus a whole number, without binary fractions (weighed goods). */
export function plus(qty, step) {
  return String(Math.round((Number(qty) + step) * 10000) / 10000);
}

/** Enter a code; the same code twice is one. */
export function addCode(code) {
  if (!basket.codes.includes(code)) basket.codes.push(code);
  changed();
}

/** Take a code out again. */
export function dropCode(code) {
  basket.codes = basket.codes.filter((one) => one !== code);
  changed();
}

/** Claim a reward, once more if it was claimed before. */
export function claim(program, reward, product = null) {
  const same = basket.claims.find(
    (one) => one.program === program && one.reward === reward && one.product === product,
  );
  if (same) same.times += 1;
  else basket.claims.push({ program, reward, product, times: 1 });
  changed();
}

/** Take back every claim of a reward. */
export function unclaim(program, reward) {
  basket.claims = basket.claims.filter(
    (one) => one.program !== program || one.reward !== reward,
  );
  changed();
}

/** Name the member, or nobody; claims were made with the member's points and go with them. */
export function setMember(member) {
  basket.member = member;
  basket.claims = [];
  changed();
}

/** Start over. */
export function clear() {
  Object.assign(basket, { lines: [], codes: [], claims: [], member: null });
  changed();
}

/** Return the body of a quote or a commit. */
export function orderBody(pos) {
  return {
    pos_config: pos,
    partner: basket.member ? basket.member.ref : null,
    codes: basket.codes,
    claims: basket.claims.map(({ program, reward, product, times }) => ({
      program,
      reward,
      product,
      times,
    })),
    lines: basket.lines.map((line) => ({
      line_id: line.id,
      sku: line.product.sku,
      qty: line.qty,
    })),
  };
}
