// Words and numbers in the language of the page. Django's catalog gives gettext and friends.

const language = document.documentElement.lang || "en";
const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 4 });
const currencies = new Map();

/** Return the translation, with %(name)s replaced from `facts`. */
export function say(sentence, facts = {}) {
  return interpolate(gettext(sentence), facts, true);
}

/** Return the translation for a count. */
export function sayCount(one, many, count, facts = {}) {
  return interpolate(ngettext(one, many, count), { count, ...facts }, true);
}

/** Return a decimal string as money. The till shows amounts and never computes one. */
export function money(amount, currency) {
  if (!currencies.has(currency)) {
    const how = { style: "currency", currency, currencyDisplay: "narrowSymbol" };
    currencies.set(currency, new Intl.NumberFormat(language, how));
  }
  return currencies.get(currency).format(amount);
}

/** Return a decimal string as a quantity or points. */
export function number(amount) {
  return numbers.format(amount);
}

/** Tell whether a decimal string is zero. */
export function isZero(amount) {
  return Number(amount) === 0;
}

const REASONS = {
  unknown: gettext("There is no such code."),
  mistyped: gettext("This code has a typing mistake."),
  expired: gettext("This has ended."),
  not_started: gettext("This has not started yet."),
  outside_schedule: gettext("Not at this time of the week."),
  inactive: gettext("This is not active."),
  used_up: gettext("This has been used up."),
  budget_spent: gettext("The budget of this offer is spent."),
  wrong_customer: gettext("This belongs to another customer."),
  customer_required: gettext("Ask for the member card first."),
  wrong_pos: gettext("Not at this store."),
  wrong_currency: gettext("Not in this currency."),
  code_required: gettext("A code is needed."),
  below_minimum_amount: gettext("The basket is too small for this."),
  below_minimum_qty: gettext("Not enough items for this."),
  no_matching_product: gettext("No product in the basket belongs to this."),
  membership_required: gettext("This is for members of another level."),
  not_combinable: gettext("This cannot be combined with the other offers."),
  already_used_by_customer: gettext("This customer has used it already."),
  not_enough_points: gettext("Not enough points."),
  nothing_to_discount: gettext("There is nothing left to take it off."),
  waits_for_claim: gettext("Ask the customer whether to use it."),
  choice_required: gettext("Choose a product."),
  self_referral: gettext("Nobody can refer themselves."),
  not_a_new_customer: gettext("This is for new customers."),
  whole_units_only: gettext("It is sold in whole units only."),
};

/** Return the sentence for a reason code; an unknown one is shown as it is. */
export function reason(code) {
  return REASONS[code] || code || "";
}
