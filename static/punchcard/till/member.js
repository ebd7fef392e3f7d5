// The member at the till: found by reference or by card, shown with level and points.

import { ask, explain, Refusal, segment } from "./api.js";
import { addCode, basket, setMember, watch } from "./basket.js";
import { $, complain, fill, make } from "./dom.js";
import { number, say } from "./words.js";

/** Start the fields for member and codes. */
export function startMember() {
  $("member-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = $("member").value.trim();
    if (!typed) return;
    complain($("problem"), "");
    try {
      setMember(await findMember(typed));
      $("member").value = "";
      $("member-card").querySelector("button")?.focus();
    } catch (error) {
      const missing = error instanceof Refusal && error.status === 404;
      complain(
        $("problem"),
        missing ? say("Nobody is known as “%(typed)s”.", { typed }) : explain(error),
      );
      $("member").select();
    }
  });
  $("code-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = $("code").value.trim();
    if (typed) addCode(typed);
    $("code").value = "";
  });
  watch(draw);
}

/** Return the member with this reference, or the owner of this card. Throws Refusal. */
async function findMember(typed) {
  try {
    return await ask(`partners/${segment(typed)}`);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 404) throw error;
  }
  const card = await ask(`cards/${segment(typed)}`);
  if (!card.partner) throw new Refusal(409, { detail: gettext("This card belongs to nobody.") });
  return ask(`partners/${segment(card.partner)}`);
}

function draw() {
  const { member } = basket;
  const box = $("member-card");
  box.hidden = !member;
  $("member-form").hidden = Boolean(member);
  if (!member) return;
  const cards = member.cards || [];
  const filled = cards.filter((card) => Number(card.balance) !== 0);
  const shown = filled.length ? filled : cards.slice(0, 1);
  const held = shown.map((card) => {
    const points = say("%(points)s points", { points: number(card.balance) });
    return shown.length > 1 ? `${card.loyalty_program}: ${points}` : points;
  });
  fill(
    box,
    make(
      "div",
      {},
      make("b", {}, member.name),
      member.membership ? make("span", { className: "level" }, member.membership.name) : null,
      make("small", {}, held.join(" · ") || gettext("no card yet")),
    ),
    make(
      "button",
      {
        type: "button",
        className: "quiet",
        aria: { label: gettext("Another member") },
        on: {
          click: () => {
            setMember(null);
            $("member").focus();
          },
        },
      },
      "×",
    ),
  );
}
