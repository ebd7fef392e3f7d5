"""Where on the page a refusal of `save_program` belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from promotions.admin.program_input import kept_forms, nested_forms

# The field group of a reward in the API's body, and the field of the form it is typed in.
REWARD_FIELDS: Mapping[str, str] = {
    "discount/mode": "discount_mode",
    "discount/value": "discount_value",
    "discount/applies_to": "discount_applies_to",
    "discount/max_amount": "max_amount",
    "product/products": "free_products",
    "product/qty": "free_qty",
    "product/placement": "placement",
    "special_price/price": "special_price",
    "special_price/max_qty": "max_qty",
    "special_set/price": "set_price",
    "special_set/max_sets": "max_sets",
    "steps/mode": "steps_mode",
    "steps/by": "steps_by",
    "points/amount": "bonus_amount",
    "points/multiplier": "bonus_multiplier",
    "points": "bonus_amount",
}
_NESTED = {"slots": "slots", "steps": "steps"}


def show_part_faults(errors: Sequence[Mapping[str, str]], formsets: Mapping[str, Any]) -> None:
    """Put the faults of rules and rewards to the forms they were typed in.

    `formsets`: by `rules` and `rewards`; their forms are validated first.
    """
    for one in errors:
        head, *tail = one["pointer"].strip("/").split("/")
        if head not in formsets or not tail:
            continue
        formset = formsets[head]
        formset.is_valid()
        forms = kept_forms(formset)
        if not tail[0].isdigit() or int(tail[0]) >= len(forms):
            continue
        _show(forms[int(tail[0])], tail[1:], one["detail"])


def _show(form: Any, path: Sequence[str], detail: str) -> None:
    """Put one fault to its field, or to the form if it is about all of it."""
    for index, name in enumerate(path):
        if name in _NESTED and index + 1 < len(path) and path[index + 1].isdigit():
            places = nested_forms(form, _NESTED[name])
            place = int(path[index + 1])
            if place < len(places):
                field = path[index + 2] if index + 2 < len(path) else None
                _add(places[place], "threshold" if field == "from" else field, detail)
                return
    named = REWARD_FIELDS.get("/".join(path[:2])) or REWARD_FIELDS.get("/".join(path[:1]))
    _add(form, named or next((one for one in path if one in form.fields), None), detail)


def _add(form: Any, field: str | None, detail: str) -> None:
    if field in form.errors:
        return
    form.add_error(field if field in form.fields else None, detail)
