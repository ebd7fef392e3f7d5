// Connects the till to a store and starts its parts.

import { ask, explain, Refusal, useToken } from "./api.js";
import { $, complain, fill, make } from "./dom.js";
import { startLines } from "./lines.js";
import { startMember } from "./member.js";
import { startShelf } from "./products.js";
import { startQuoting } from "./quote.js";
import { startPaying } from "./receipt.js";
import { startReturns } from "./returns.js";

const TOKEN = "till-token";
const POS = "till-pos";

/** Take `#token=…&pos=…` out of the address, so that it is in no history and on no screenshot. */
function takeFragment() {
  const facts = new URLSearchParams(location.hash.slice(1));
  if (facts.get("token")) sessionStorage.setItem(TOKEN, facts.get("token"));
  if (facts.get("pos")) sessionStorage.setItem(POS, facts.get("pos"));
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
}

/** Return the stores this token may sell at. Throws Refusal. */
async function stores() {
  const page = await ask("pos-configs", { query: { page_size: 500 } });
  return page.results;
}

async function connect(key, ref) {
  useToken(key);
  const found = await stores();
  const store = found.find((one) => one.ref === ref) || (found.length === 1 ? found[0] : null);
  if (!store) return found;
  sessionStorage.setItem(TOKEN, key);
  sessionStorage.setItem(POS, store.ref);
  open(store);
  return null;
}

function open(store) {
  $("store").textContent = store.name;
  $("store").hidden = $("disconnect").hidden = $("till").hidden = false;
  startQuoting(store.ref);
  startMember();
  startLines(store.currency);
  startPaying(store);
  startReturns();
  startShelf(store.currency);
  if ($("connect").open) $("connect").close();
  $("search").focus();
}

function askForToken(problem) {
  complain($("connect-problem"), problem);
  if (!$("connect").open) $("connect").showModal();
}

function askForStore(found) {
  if (!found.length) {
    askForToken(gettext("This token may not sell at any store."));
    return;
  }
  fill($("pos"), found.map((one) => make("option", { value: one.ref }, one.name)));
  $("store-choice").hidden = false;
  $("token-entry").hidden = true;
  $("token").required = false;
  askForToken("");
  $("pos").focus();
}

async function tryToConnect(key, ref) {
  try {
    const choice = await connect(key, ref);
    if (choice) askForStore(choice);
  } catch (error) {
    sessionStorage.removeItem(TOKEN);
    $("token").value = "";
    const refused = error instanceof Refusal && [401, 403].includes(error.status);
    askForToken(refused ? gettext("This token is unknown or has ended.") : explain(error));
  }
}

$("connect-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const ref = $("store-choice").hidden ? null : $("pos").value;
  const typed = $("token").value.trim();
  if (typed) sessionStorage.setItem(TOKEN, typed);
  tryToConnect(sessionStorage.getItem(TOKEN), ref);
});
// A till without a token can do nothing, so its dialog stays.
$("connect").addEventListener("cancel", (event) => event.preventDefault());
$("disconnect").addEventListener("click", () => {
  sessionStorage.removeItem(TOKEN);
  sessionStorage.removeItem(POS);
  location.reload();
});
$("theme").addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("till-theme", root.dataset.theme);
});
$("to-basket").addEventListener("click", () => {
  $("basket").scrollIntoView({ behavior: "smooth" });
  $("basket").focus({ preventScroll: true });
});

// The way to the basket is not shown when the basket is.
new IntersectionObserver(([seen]) => {
  $("to-basket").classList.toggle("there", seen.isIntersecting);
}, { rootMargin: "0px 0px -96px" }).observe($("basket"));

takeFragment();
const kept = sessionStorage.getItem(TOKEN);
if (kept) tryToConnect(kept, sessionStorage.getItem(POS));
else askForToken("");
