// A quote for every change of the basket: the newest question wins, older answers are dropped.

import { ask, explain } from "./api.js";
import { basket, orderBody, watch } from "./basket.js";

const WAIT = 90; // milliseconds, so that three quick taps are one question
const listeners = new Set();
let pos = null;
let timer = 0;
let asked = null;
let number = 0;

/** What the server said last about the basket; `quote` is null when it is empty or refused. */
export const answer = { quote: null, problem: "", busy: false };

/** Call `listener` when a quote is asked for, comes or is refused. */
export function watchQuote(listener) {
  listeners.add(listener);
}

/** Quote every change of the basket at this POS from now on. */
export function startQuoting(ref) {
  pos = ref;
  watch(soon);
}

/** Show this receipt as the present quote: what a refused commit would cost now. */
export function showQuote(receipt, problem) {
  tell({ quote: receipt, problem, busy: false });
}

function soon() {
  clearTimeout(timer);
  asked?.abort();
  number += 1;
  if (!basket.lines.length) {
    tell({ quote: null, problem: "", busy: false });
    return;
  }
  tell({ busy: true });
  timer = setTimeout(quote, WAIT);
}

async function quote() {
  const mine = number;
  asked = new AbortController();
  try {
    const found = await ask("orders/quote", {
      method: "POST",
      body: orderBody(pos),
      signal: asked.signal,
    });
    if (mine === number) tell({ quote: found, problem: "", busy: false });
  } catch (error) {
    if (error.name === "AbortError" || mine !== number) return;
    tell({ quote: null, problem: explain(error), busy: false });
  }
}

function tell(facts) {
  Object.assign(answer, facts);
  for (const listener of listeners) listener(answer);
}
