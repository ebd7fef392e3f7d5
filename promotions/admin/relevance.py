"""Which fields of a program matter, said once: the server checks by it and the page hides by it.

A field is *meant* when one of its conditions holds: what is typed into a field that is not meant
is dropped on saving. A field is *everyday* when staff need it for the chosen type; the others
show up with "all settings" or when they hold something unusual.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from promotions.presets import PRESETS

# A condition names fields and the values they may have; all must agree. `program_type` is the
# program's, from anywhere; `rewards.reward_type` asks whether any reward is of these types.
Condition = Mapping[str, tuple[str, ...]]
Conditions = Mapping[str, tuple[Condition, ...]]

_EARNING_TYPES = ("loyalty", "gift_card", "ewallet", "referral", "next_order_coupons")
_TARGETED: tuple[Condition, ...] = (
    {"reward_type": ("discount",), "discount_applies_to": ("specific", "cheapest")},
    {"reward_type": ("special_price", "multiple_discount")},
)


def _of_reward(*types: str) -> tuple[Condition, ...]:
    return ({"reward_type": types},)


REWARD_MEANT: Conditions = {
    "discount_mode": _of_reward("discount"),
    "discount_value": _of_reward("discount"),
    "discount_applies_to": _of_reward("discount"),
    "max_amount": _of_reward("discount"),
    "products": _TARGETED,
    "categories": _TARGETED,
    "tags": _TARGETED,
    "free_products": _of_reward("product"),
    "free_qty": _of_reward("product"),
    "placement": _of_reward("product"),
    "special_price": _of_reward("special_price"),
    "max_qty": _of_reward("special_price"),
    "set_price": _of_reward("special_set"),
    "max_sets": _of_reward("special_set"),
    "slots": _of_reward("special_set"),
    "steps_mode": _of_reward("multiple_discount"),
    "steps_by": ({"reward_type": ("multiple_discount",), "steps_mode": ("tier",)},),
    "steps": _of_reward("multiple_discount"),
    "bonus_amount": _of_reward("point"),
    "bonus_multiplier": _of_reward("point"),
}
REWARD_NEEDED: Mapping[str, tuple[str, ...]] = {
    "discount": ("discount_mode", "discount_value", "discount_applies_to"),
    "product": ("free_products", "free_qty"),
    "special_price": ("special_price",),
    "special_set": ("set_price",),
    "multiple_discount": ("steps_mode",),
}
EVERYDAY: Mapping[str, Conditions] = {
    "program": {
        "ref": (),
        "trigger": (),
        "applies_on": (),
        "sequence": (),
        "exclusion_group": (),
        "pending_days": ({"program_type": ("referral",)},),
        "loyalty_program": (
            {"program_type": ("loyalty", "gift_card", "ewallet", "referral")},
            {"rewards.reward_type": ("point",)},
        ),
    },
    "rules": {
        "code": ({"program_type": ("promo_code",)}, {"trigger": ("with_code",)}),
        "reward_point_mode": ({"program_type": _EARNING_TYPES},),
        "reward_point_amount": ({"program_type": _EARNING_TYPES},),
    },
    "rewards": {
        "required_points": ({"program_type": ("loyalty", "buy_x_get_y")},),
        "placement": (),
    },
}
# What a field holds when nobody touched it, where the type's preset does not say.
USUAL: Mapping[str, str] = {
    "reward_point_amount": "1",
    "required_points": "1",
    "placement": "in_cart",
}
# What a field is called for a type of program, where a shop has a better word for it.
LABELS: Mapping[str, Mapping[str, Mapping[str, str | Promise]]] = {
    "rewards": {
        "required_points": {
            "buy_x_get_y": _("How many to buy"),
            "loyalty": _("Points it costs"),
        },
    },
    "rules": {
        "reward_point_amount": {
            "loyalty": _("Points earned"),
            "gift_card": _("Put on the card"),
            "ewallet": _("Put on the card"),
        },
    },
}


def is_meant(field: str, values: Mapping[str, Any]) -> bool:
    """Tell whether the field of a reward counts, given the reward's other values."""
    conditions = REWARD_MEANT.get(field)
    return conditions is None or any(_holds(one, values) for one in conditions)


def for_page() -> dict[str, Any]:
    """Return the tables as the page's script reads them, labels in the active language."""
    return {
        "meant": {"rewards": REWARD_MEANT},
        "everyday": EVERYDAY,
        "usual": USUAL,
        "presets": {
            program_type.value: {
                "trigger": preset.trigger.value,
                "applies_on": preset.applies_on.value,
                "reward_point_mode": preset.point_mode.value,
            }
            for program_type, preset in PRESETS.items()
        },
        "labels": {
            part: {
                name: {kind: str(word) for kind, word in words.items()}
                for name, words in fields.items()
            }
            for part, fields in LABELS.items()
        },
    }


def _holds(condition: Condition, values: Mapping[str, Any]) -> bool:
    return all(values.get(name) in allowed for name, allowed in condition.items())
