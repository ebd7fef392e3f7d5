"""A receipt as a till would print it, with every discount explained from the API's trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 78
Answer = Mapping[str, Any]

_OPERATIONS = {
    "percent": "{rate} % of {basis}",
    "fixed": "{rate} off {basis}",
    "per_point": "{rate} for each point, off {basis}",
    "free_units": "{basis} free",
    "special_price": "{rate} each instead of {basis}",
    "special_set": "{rate} for a set worth {basis}",
    "bonus_points": "bonus points: {rate}",
}
_REASONS = {
    "below_minimum_amount": "the basket is too small",
    "below_minimum_qty": "too few units",
    "already_used_by_customer": "you have used it already",
    "not_combinable": "not together with what is applied, which saves more",
    "nothing_to_discount": "nothing in the basket to take it off",
    "no_matching_product": "nothing in the basket is part of it",
    "outside_schedule": "not at this time of the week",
    "waits_for_claim": "given when asked for",
    "not_enough_points": "not enough points yet",
    "membership_required": "for members of another level",
    "code_required": "needs its code",
    "unknown": "no such code",
    "mistyped": "a typing mistake",
    "used_up": "used up",
    "expired": "over",
    "not_started": "not started yet",
    "wrong_customer": "somebody else's code",
}


def receipt_lines(answer: Answer, product_names: Mapping[str, str]) -> Iterator[str]:
    """Yield the receipt, line by line; `product_names` by SKU."""
    names = _program_names(answer)
    yield from _goods(answer, product_names, names)
    yield "-" * WIDTH
    yield _row("Subtotal", answer["subtotal"])
    yield _row("Discounts", f"-{answer['discount_total']}")
    for payment in answer["payments"]:
        yield _row(f"Paid by card {payment['card']}", f"-{payment['amount']}")
    yield _row(f"To pay ({answer['currency']})", answer["amount_due"])
    yield from _free_items(answer, product_names, names)
    yield from _points(answer)
    yield from _codes(answer, names)
    yield from _offers(answer)
    yield from _explained(answer, names)


def _goods(answer: Answer, products: Mapping[str, str], names: Mapping[int, str]) -> Iterator[str]:
    for line in answer["lines"]:
        name = products.get(line["sku"], line["sku"])
        yield _row(f"{line['qty']} x {name} at {line['unit_price']}", line["subtotal"])
        for share in line["discounts"]:
            yield _row(f"      {names[share['program']]}", f"-{share['amount']}")


def _free_items(
    answer: Answer, products: Mapping[str, str], names: Mapping[int, str]
) -> Iterator[str]:
    for item in answer["free_items"]:
        name = products.get(item["sku"], item["sku"])
        yield f"Free to take: {item['qty']} x {name} ({names[item['program']]})"


def _points(answer: Answer) -> Iterator[str]:
    if answer["points"]:
        yield ""
        yield "Points"
    for moved in answer["points"]:
        spent = f", spent {moved['spent']}" if moved["spent"] != "0" else ""
        yield (
            f"  {moved['loyalty_program']}: {moved['balance_before']} before, "
            f"earned {moved['earned']}{spent}, {moved['balance_after']} after"
        )


def _codes(answer: Answer, names: Mapping[int, str]) -> Iterator[str]:
    if answer["codes"]:
        yield ""
        yield "Codes"
    for fate in answer["codes"]:
        program = names.get(fate["program"], "")
        if fate["status"] == "applied":
            yield f"  {fate['code']}: applied ({program})"
        else:
            yield f"  {fate['code']}: rejected, {_reason(fate['reason'])}"


def _offers(answer: Answer) -> Iterator[str]:
    if answer["claimable"] or answer["hints"]:
        yield ""
        yield "What else there is"
    for offer in answer["claimable"]:
        needed = offer["required_points"]
        points = "point" if needed == "1" else "points"
        yield (
            f"  {offer['description']}: from {needed} {points} on, "
            f"you have {offer['available_points']}"
        )
    for hint in answer["hints"]:
        if hint.get("missing_amount"):
            yield f"  {hint['missing_amount']} to go: {hint['program_name']}"
        elif hint.get("missing_qty"):
            yield f"  {hint['missing_qty']} more: {hint['program_name']}"


def _explained(answer: Answer, names: Mapping[int, str]) -> Iterator[str]:
    """Yield the arithmetic of what was applied, and why the rest was not."""
    trace = answer.get("trace") or []
    if trace:
        yield ""
        yield "Why"
    for program in trace:
        name = names.get(program["program_id"])
        if name is None:
            continue  # it had nothing to do with this basket
        if program["outcome"] != "applied":
            outcome = program["outcome"].replace("_", " ")
            yield f"  {name}: {outcome}, {_reason(program.get('reason'))}"
            continue
        made = f": {_plain(program['points'])} points" if not program.get("steps") else ""
        yield f"  {name}{made}"
        for step in program.get("steps", ()):
            yield f"    {_step(step)}"


def _step(step: Answer) -> str:
    """Return one arithmetic step: what was taken of what, how it was rounded and where it fell."""
    operation = str(step["operation"])
    how = _OPERATIONS.get(operation, operation + ": {rate} of {basis}")
    said = how.format(rate=_plain(step["rate"]), basis=_plain(step["basis"]))
    exact, rounded = _plain(step["exact"]), _plain(step["rounded"])
    said += f" = {exact}" if exact == rounded else f" = {exact}, rounded {rounded}"
    shares = step.get("shares", ())
    if len(shares) > 1:
        parts = ", ".join(f"line {one['line_id']} {_plain(one['amount'])}" for one in shares)
        said += f"; split in proportion: {parts}"
    return said


def _program_names(answer: Answer) -> dict[int, str]:
    """Return the names of the programs that the answer names."""
    named = [*answer["rewards"], *answer["hints"], *answer["claimable"]]
    return {one["program"]: one["program_name"] for one in named}


def _reason(code: str | None) -> str:
    return _REASONS.get(code or "", (code or "").replace("_", " "))


def _plain(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def _row(words: str, amount: str) -> str:
    return f"{words[: WIDTH - 12]:<{WIDTH - 12}}{amount:>12}"
