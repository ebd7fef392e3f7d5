"""The models and columns of Odoo 17 and 18 that are read.

Facts from Odoo's public model definitions. A column named in `optional` belongs to a module that
may not be installed, or to one of the two versions alone; where it is missing it reads as None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Link:
    """The table behind a many-to-many field: the column of this row, and of the other."""

    table: str
    mine: str
    other: str


@dataclass(frozen=True, slots=True)
class Model:
    """One model: its table, its columns by kind, its many-to-many fields."""

    table: str
    columns: Mapping[str, str]
    links: Mapping[str, Link] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    #: Without its module the table is missing, and nothing is read from it.
    may_be_missing: bool = False
    #: A column and the one value that rows are read with when they are read in pages.
    only: tuple[str, str] | None = None


def _columns(**kinds: str) -> dict[str, str]:
    """Return columns by kind, from names by kind."""
    return {name: kind for kind, names in kinds.items() for name in names.split()}


MODELS: Mapping[str, Model] = {
    "res.currency": Model("res_currency", _columns(text="name")),
    "res.company": Model("res_company", _columns(text="name", link="currency_id partner_id")),
    "res.partner": Model(
        "res_partner",
        _columns(text="name email phone mobile type tz", flag="active"),
        optional=frozenset({"mobile"}),
    ),
    "account.journal": Model("account_journal", _columns(link="currency_id"), may_be_missing=True),
    "product.category": Model("product_category", _columns(text="name", link="parent_id")),
    "product.tag": Model("product_tag", _columns(translated="name")),
    "product.template": Model(
        "product_template",
        _columns(translated="name", number="list_price", link="categ_id", flag="active"),
        {
            "product_tag_ids": Link(
                "product_tag_product_template_rel", "product_template_id", "product_tag_id"
            )
        },
    ),
    "product.product": Model(
        "product_product",
        _columns(text="default_code barcode", link="product_tmpl_id", flag="active"),
        {
            "additional_product_tag_ids": Link(
                "product_tag_product_product_rel", "product_product_id", "product_tag_id"
            ),
            "product_template_attribute_value_ids": Link(
                "product_variant_combination",
                "product_product_id",
                "product_template_attribute_value_id",
            ),
        },
        optional=frozenset({"additional_product_tag_ids"}),
    ),
    "product.template.attribute.value": Model(
        "product_template_attribute_value", _columns(number="price_extra")
    ),
    "pos.config": Model(
        "pos_config",
        _columns(text="name", flag="active", link="company_id journal_id"),
        may_be_missing=True,
    ),
    "loyalty.program": Model(
        "loyalty_program",
        _columns(
            translated="name portal_point_name",
            text="program_type applies_on trigger",
            flag="active limit_usage pos_ok sale_ok ecommerce_ok",
            integer="sequence max_usage",
            date="date_from date_to",
            link="company_id currency_id",
        ),
        {
            "pos_config_ids": Link(
                "loyalty_program_pos_config_rel", "loyalty_program_id", "pos_config_id"
            ),
            "pricelist_ids": Link(
                "loyalty_program_product_pricelist_rel",
                "loyalty_program_id",
                "product_pricelist_id",
            ),
        },
        optional=frozenset(
            {"pos_ok", "sale_ok", "ecommerce_ok", "pos_config_ids", "pricelist_ids"}
        ),
    ),
    "loyalty.rule": Model(
        "loyalty_rule",
        _columns(
            flag="active reward_point_split",
            text="product_domain reward_point_mode minimum_amount_tax_mode mode code",
            number="reward_point_amount minimum_amount",
            integer="minimum_qty",
            link="program_id product_category_id product_tag_id",
        ),
        {
            "product_ids": Link(
                "loyalty_rule_product_product_rel", "loyalty_rule_id", "product_product_id"
            )
        },
    ),
    "loyalty.reward": Model(
        "loyalty_reward",
        _columns(
            flag="active clear_wallet",
            translated="description",
            text="reward_type discount_mode discount_applicability discount_product_domain",
            number="discount discount_max_amount required_points",
            integer="reward_product_qty",
            link="program_id discount_product_category_id discount_product_tag_id"
            " discount_line_product_id reward_product_id reward_product_tag_id",
        ),
        {
            "discount_product_ids": Link(
                "loyalty_reward_product_product_rel", "loyalty_reward_id", "product_product_id"
            )
        },
    ),
    "loyalty.card": Model(
        "loyalty_card",
        _columns(
            text="code",
            number="points",
            date="expiration_date",
            flag="active",
            link="program_id partner_id",
            instant="create_date",
        ),
        optional=frozenset({"active"}),
    ),
    "loyalty.history": Model(
        "loyalty_history",
        _columns(text="description", number="issued used", link="card_id", instant="create_date"),
        may_be_missing=True,
    ),
    "pos.order": Model(
        "pos_order",
        _columns(
            text="name state",
            number="amount_total",
            instant="date_order",
            link="config_id partner_id",
        ),
        may_be_missing=True,
    ),
    "pos.order.line": Model(
        "pos_order_line",
        _columns(
            number="qty price_subtotal_incl",
            link="order_id product_id reward_id refunded_orderline_id",
        ),
        optional=frozenset({"reward_id", "refunded_orderline_id"}),
        may_be_missing=True,
    ),
    "sale.order": Model(
        "sale_order",
        _columns(
            text="name state",
            number="amount_total",
            instant="date_order",
            link="company_id currency_id partner_id",
        ),
        may_be_missing=True,
    ),
    "sale.order.line": Model(
        "sale_order_line",
        _columns(
            text="display_type",
            number="product_uom_qty price_total",
            link="order_id product_id reward_id",
        ),
        optional=frozenset({"reward_id"}),
        may_be_missing=True,
    ),
    "account.move": Model(
        "account_move",
        _columns(text="state move_type", date="invoice_date", instant="create_date"),
        may_be_missing=True,
        only=("move_type", "out_refund"),
    ),
    "account.move.line": Model(
        "account_move_line",
        _columns(text="display_type", number="quantity price_total", link="move_id"),
        {"sale_line_ids": Link("sale_order_line_invoice_rel", "invoice_line_id", "order_line_id")},
        optional=frozenset({"sale_line_ids"}),
        may_be_missing=True,
    ),
}
