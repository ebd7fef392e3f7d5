"""What is wrong with rows, in words: what it is, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

#: By code: what is wrong, what to do.
WORDS: Mapping[str, tuple[Promise, Promise]] = {
    "required": (_("This is empty."), _("Fill it in there.")),
    "not_imported": (
        _("It refers to %(key)s, which is not here."),
        _("Mend that row first, or import its table too."),
    ),
    "template_missing": (_("The product has no template."), _("Delete the product there.")),
    "currency_missing": (
        _("Neither its journal nor its company has a currency."),
        _("Give the company a currency there."),
    ),
    "shortened": (_("It was too long and was cut."), _("Shorten it there if it matters.")),
    "code_in_use": (
        _("Another product has the code “%(code)s” too; this one is %(sku)s here."),
        _("Give each product a code of its own there before the first import."),
    ),
    "code_unfit": (
        _("“%(code)s” cannot be a SKU; the product is %(sku)s here."),
        _("Leave out spaces and slashes at the ends, and use at most 64 characters."),
    ),
    "email_left_out": (
        _("“%(email)s” is no email address and was left out."),
        _("Mend it there."),
    ),
    "number_unfit": (_("%(number)s is no number that can be kept."), _("Mend it there.")),
    "negative_balance": (
        _("The card is %(points)s below zero."),
        _("Bring it to zero there, or settle with the customer."),
    ),
    "no_codes_of_program": (
        _("Codes of a program of the type %(type)s that works by itself have no use."),
        _("Nothing, unless customers hold this code: then make a coupon program for it."),
    ),
    "unknown_type": (_("There is no program type “%(type)s”."), _("Make the program anew here.")),
    "unknown_reward": (
        _("There is no reward “%(type)s”."),
        _("Make the program anew here with another reward."),
    ),
    "domain": (
        _("A filter is written as a domain: %(domain)s"),
        _("Name products, a category or a tag there instead, or make the program anew here."),
    ),
    "pricelist": (
        _("It is for some price lists only, and there are none here."),
        _("Remove the price lists there, or make the program anew here."),
    ),
    "untaxed_minimum": (
        _("The least amount counts without tax; amounts here are as charged."),
        _("Change it to tax included there, with the amount that fits."),
    ),
    "split_per_unit": (
        _("Here an order makes one coupon, and each gift card is one unit."),
        _("Change “split per unit” there, or make the program anew here."),
    ),
    "clear_wallet": (
        _("The reward empties the card whatever it costs."),
        _("Switch that off there, or make the program anew here."),
    ),
    "no_channel": (
        _("It is given at no point of sale that is here."),
        _("Allow it at a point of sale or for sales there."),
    ),
    "limit_reached": (
        _("Its limit is reached, so it was not published."),
        _("Raise the limit there, or leave it."),
    ),
    "refund_of_nothing": (
        _("It gives goods back and does not say of which sale."),
        _("Nothing; or return the goods on the order here."),
    ),
    "no_goods_back": (
        _("It pays money back for no goods."),
        _("Nothing; reports know returns of goods alone."),
    ),
    "refund_differs": (
        _("%(there)s was paid back there; what came back of %(order)s cost %(here)s."),
        _("Nothing; the return is here with what the goods cost after discounts."),
    ),
    "price_correction": (
        _("It pays back %(there)s for goods that cost %(here)s: the price was corrected."),
        _("Nothing; reports keep what was charged at first."),
    ),
    "no_lines": (_("It has no lines that were sold."), _("Nothing.")),
    "other_currency": (
        _("It is in %(currency)s, and its sales are in another currency here."),
        _("Nothing; there is no point of sale for it."),
    ),
    "called_off_there": (
        _("It was called off there (%(state)s) after it was imported."),
        _("Cancel the order here."),
    ),
    "too_long": (_("It has more than %(most)s characters."), _("Shorten it there.")),
    "too_many": (_("There are more than %(most)s of them."), _("Split them there.")),
    "unfit": (_("It cannot be taken as it is: %(said)s"), _("Mend it there.")),
    "missing_column": (_("The file has no column “%(column)s”."), _("Name it in the mapping.")),
    "number_unread": (_("“%(text)s” is no number."), _("Write it like 1234.50.")),
    "instant_unread": (
        _("“%(text)s” is no date or time."),
        _("Write it like 2026-01-31 or 2026-01-31T14:00:00+07:00."),
    ),
    "duplicate_key": (
        _("“%(key)s” stands in the file more than once."),
        _("Keep one row; the first was taken."),
    ),
    "key_unfit": (
        _("“%(key)s” cannot be a reference."),
        _("Leave out spaces and slashes at the ends, and use at most 64 characters."),
    ),
    "unknown_reference": (
        _("There is no “%(ref)s” here."),
        _("Import or make it first."),
    ),
}
#: What to do where a service refused a row, by its code.
ADVICE: Mapping[str, Promise] = {
    "card_already_held": _("Merge the member's cards there, or take the member off one of them."),
    "code_taken": _(
        "Give it another code there; case, spaces, dashes and look-alikes do not count."
    ),
    "insufficient_points": _("It was spent on both sides: settle it, and correct points by hand."),
    "order_not_found": _("Mend that order first: its goods cannot come back before it is here."),
    "return_exceeds_order": _("Look at the order here: more comes back than is left of it."),
    "row_contradicts": _("Leave it, or change it here by hand."),
}
_OTHERWISE = _("Mend it there, and import again.")
_NAMED = re.compile(r"%\((\w+)\)s")


def told(fault: Mapping[str, Any]) -> tuple[str, str]:
    """Return what is wrong and what to do, of a stored fault, in the language in force."""
    words = WORDS.get(fault["code"])
    if fault.get("detail") or words is None:
        return _of_a_service(fault), str(ADVICE.get(fault["code"], _OTHERWISE))
    return str(words[0]) % fault["facts"], str(words[1])


def why_it_ended(error: Mapping[str, Any]) -> str:
    """Return what ended an import, as its run keeps it, in the language in force."""
    return f"{error['code']}: {_of_a_service(error)}"


def _of_a_service(fault: Mapping[str, Any]) -> str:
    """Return the sentence of the service that refused it, which is in the catalog of messages.

    Facts that it does not name follow it. Rows of earlier versions keep it filled in.
    """
    facts, said = fault.get("facts", {}), fault.get("detail") or fault["code"]
    named = set(_NAMED.findall(said))
    text = gettext(said)
    if named and named <= facts.keys():
        text %= facts
    rest = ", ".join(f"{name}: {value}" for name, value in facts.items() if name not in named)
    return f"{text} ({rest})" if rest else text
