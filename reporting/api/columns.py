"""The columns of reports that compare: the same ones make the JSON, the files and GraphQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.money import currency_digits
from core.numbers import fixed, plain
from reporting.exports import Cell


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report. `is_money`: in the digits of the row's currency."""

    name: str
    title: str | Promise
    field: Callable[..., serializers.Field[Any, Any, Any, Any]] = serializers.CharField
    is_money: bool = False
    may_be_null: bool = False

    def told(self, row: Any) -> Any:
        """Return it as JSON."""
        value = getattr(row, self.name)
        if isinstance(value, Decimal):
            return (
                fixed(value, currency_digits(row.currency or "")) if self.is_money else plain(value)
            )
        return round(value, 4) if isinstance(value, float) else value

    def cell(self, row: Any) -> Cell:
        """Return it as a cell of a file."""
        value: Cell = getattr(row, self.name)
        if isinstance(value, Decimal):
            digits = currency_digits(row.currency or "") if self.is_money else 4
            return round(value, digits).normalize()
        return round(value, 4) if isinstance(value, float) else value


def _count(name: str, title: Promise) -> Column:
    return Column(name, title, serializers.IntegerField)


def _money(name: str, title: Promise, *, may_be_null: bool = False) -> Column:
    return Column(name, title, is_money=True, may_be_null=may_be_null)


SALES = (
    *(Column("date", _("Date")), Column("currency", _("Currency"))),
    *(_count("orders", _("Orders")), Column("units", _("Units"))),
    *(_money("amount", _("Sales")), _money("discount", _("Discount"))),
    _money("average_order", _("Average order")),
)
ORDERS = (
    *(_count("order_id", _("Order id")), Column("order_ref", _("Order"))),
    *(Column("kind", _("Sale or return")), Column("pos_config", _("Store reference"))),
    Column("pos_config_name", _("Store")),
    Column("transaction_date", _("Time (UTC)"), serializers.DateTimeField),
    Column("local_time", _("Time at the store")),
    *(Column("currency", _("Currency")), _money("amount", _("Amount"))),
    _money("discount", _("Discount")),
)
LEVELS = (
    _count("membership_product_id", _("Level id")),
    *(Column("name", _("Level")), _count("members", _("Members"))),
)
LEADERBOARD = (
    *(_count("program_id", _("Program id")), Column("program_name", _("Program"))),
    *(Column("program_type", _("Type")), Column("currency", _("Currency"))),
    *(_count("orders", _("Orders")), _count("members", _("Members"))),
    *(Column("units", _("Units")), _money("amount", _("Amount"))),
    *(_money("discount", _("Discount")), _money("order_amount", _("Amount of whole orders"))),
    Column("conversion_rate", _("Conversion rate"), serializers.FloatField),
    *(Column("points_earned", _("Points earned")), Column("points_redeemed", _("Points redeemed"))),
    Column("sold_in_force", _("Units while in force"), may_be_null=True),
    Column("expected_units", _("Units expected without it"), may_be_null=True),
    Column("extra_units", _("Extra units"), may_be_null=True),
    _money("cost_per_extra_unit", _("Cost of an extra unit"), may_be_null=True),
)
COHORTS = (
    Column("cohort", _("Month of joining"), serializers.DateField),
    Column("months", _("Months since"), serializers.IntegerField, may_be_null=True),
    Column("currency", _("Currency"), may_be_null=True),
    *(_count("members", _("Members")), _count("active", _("Active members"))),
    Column("retention", _("Retention"), serializers.FloatField),
    *(_count("orders", _("Orders")), _money("amount", _("Spending"))),
    _money("amount_per_member", _("Spending per member")),
)
FLOW = (
    _count("loyalty_program_id", _("Kind of points id")),
    *(Column("loyalty_program", _("Kind of points")), Column("date", _("Date"))),
    *(Column("earned", _("Points earned")), Column("redeemed", _("Points redeemed"))),
    *(Column("expired", _("Points expired")), Column("adjusted", _("Points adjusted"))),
    Column("owed", _("Points owed")),
)
LIABILITY = (
    _count("loyalty_program_id", _("Kind of points id")),
    Column("loyalty_program", _("Kind of points")),
    Column("month", _("Month of expiry"), serializers.DateField, may_be_null=True),
    Column("points", _("Points owed")),
)
BREAKAGE = (
    _count("loyalty_program_id", _("Kind of points id")),
    Column("loyalty_program", _("Kind of points")),
    Column("month", _("Month"), serializers.DateField),
    *(Column("earned", _("Points earned")), Column("redeemed", _("Points redeemed"))),
    *(Column("expired", _("Points expired")), Column("other", _("Adjusted or moved"))),
    *(Column("left", _("Points left")), Column("can_expire", _("Of these may expire"))),
    Column("settled_rate", _("Settled rate"), may_be_null=True),
    Column("expected", _("Expected breakage"), may_be_null=True),
    Column("expected_share", _("Expected share"), serializers.FloatField, may_be_null=True),
)
