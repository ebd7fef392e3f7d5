"""Rules and rewards, and what of them cannot be said here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from imports.loading.cleaning import clean
from imports.loading.rows import Fault
from imports.models import ImportedRow
from imports.odoo.source import Row

_MODES = {"percent": "percent", "per_order": "fixed", "per_point": "per_point"}


@dataclass(frozen=True, slots=True)
class Parts:
    """What is referred to: products by their number, paths, names, products of a tag."""

    products: Mapping[int, ImportedRow]
    categories: Mapping[int, str]
    tags: Mapping[int, str]
    tagged: Mapping[int, tuple[int, ...]]

    def ids(self, wanted: Collection[int], column: str, faults: list[Fault]) -> list[int]:
        """Return our products; one that is not here is a fault."""
        found = list[int]()
        for one in wanted:
            product = self.products.get(one)
            if product is None or product.target_id is None:
                faults.append(Fault(column, "not_imported", {"key": str(one)}))
            else:
                found.append(product.target_id)
        return found

    def goods(
        self, row: Row, prefix: str, at: str, faults: list[Fault]
    ) -> dict[str, list[int] | list[str]]:
        """Return the filter of a rule or a discount: any of products, a category, a tag."""
        category = row[f"{prefix}product_category_id"]
        tag = row[f"{prefix}product_tag_id"]
        named = row[f"{prefix}product_ids"]
        return {
            "products": self.ids(named, f"{at}/{prefix}product_ids", faults),
            "categories": [self.categories[category]] if category in self.categories else [],
            "tags": [self.tags[tag]] if tag in self.tags else [],
        }


def read_rule(
    row: Row, program_type: str, place: int, parts: Parts, faults: list[Fault]
) -> dict[str, Any]:
    """Return a rule as the API takes it; what cannot be said is a fault."""
    at = f"rules/{place}"
    if not _is_empty(row["product_domain"]):
        faults.append(_domain(f"{at}/product_domain", row["product_domain"]))
    if row["minimum_amount"] and row["minimum_amount_tax_mode"] == "excl":
        faults.append(Fault(f"{at}/minimum_amount_tax_mode", "untaxed_minimum"))
    # Gift cards are sold one per unit here, coupons one per order.
    splits = bool(row["reward_point_split"]) and row["reward_point_mode"] != "order"
    if splits != (program_type == "gift_card") and (splits or program_type == "gift_card"):
        faults.append(Fault(f"{at}/reward_point_split", "split_per_unit"))
    return {
        "minimum_amount": row["minimum_amount"],
        "minimum_qty": row["minimum_qty"],
        "reward_point_mode": row["reward_point_mode"],
        "reward_point_amount": row["reward_point_amount"],
        "code": row["code"] if row["mode"] == "with_code" else None,
        **parts.goods(row, "", at, faults),
    }


def read_reward(
    row: Row, place: int, parts: Parts, faults: list[Fault], *, extra: bool
) -> dict[str, Any]:
    """Return a reward as the API takes it; `extra`: free units come on top of the basket."""
    at = f"rewards/{place}"
    if row["clear_wallet"]:
        faults.append(Fault(f"{at}/clear_wallet", "clear_wallet"))
    reward: dict[str, Any] = {
        "reward_type": row["reward_type"],
        "required_points": row["required_points"],
        "description": clean(row["description"], 200) or None,
    }
    match row["reward_type"]:
        case "product":
            tagged = parts.tagged.get(row["reward_product_tag_id"] or 0, ())
            wanted = dict.fromkeys([*([row["reward_product_id"]] * bool(row["reward_product_id"]))])
            wanted |= dict.fromkeys(tagged)
            if not wanted:
                faults.append(Fault(f"{at}/reward_product_id", "required"))
            reward["product"] = {
                "products": parts.ids(wanted, f"{at}/reward_product_id", faults),
                "qty": row["reward_product_qty"],
                "placement": "extra" if extra else "in_cart",
            }
        case "discount":
            reward["discount"] = _discount(row, at, parts, faults)
        case _:
            told = {"type": str(row["reward_type"])}
            faults.append(Fault(f"{at}/reward_type", "unknown_reward", told))
    return reward


def _discount(row: Row, at: str, parts: Parts, faults: list[Fault]) -> dict[str, Any]:
    applies_to = row["discount_applicability"] or "order"
    if row["discount_mode"] not in _MODES:
        faults.append(
            Fault(f"{at}/discount_mode", "unknown_reward", {"type": str(row["discount_mode"])})
        )
    discount: dict[str, Any] = {
        "mode": _MODES.get(row["discount_mode"] or "", "percent"),
        "value": row["discount"],
        "applies_to": applies_to,
        "max_amount": row["discount_max_amount"] or None,
    }
    if applies_to == "specific":
        if not _is_empty(row["discount_product_domain"]):
            faults.append(_domain(f"{at}/discount_product_domain", row["discount_product_domain"]))
        discount |= parts.goods(row, "discount_", at, faults)
    return discount


def _is_empty(domain: str | None) -> bool:
    return "".join((domain or "").split()) in ("", "[]")


def _domain(column: str, domain: str) -> Fault:
    return Fault(column, "domain", {"domain": domain[:200]})
