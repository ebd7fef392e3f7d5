"""The reports as tables for files: every row, in the order of the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from tempfile import TemporaryFile

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter

from core.money import currency_digits
from reporting.api import asking
from reporting.exports import CONTENT_TYPES, Cell, FileKind, Table, csv_chunks, write_xlsx
from reporting.queries.memberships import each_membership_analytics
from reporting.queries.period import GroupBy
from reporting.queries.points import TransactionType, each_point_transaction
from reporting.queries.promotions import each_promotion_performance

Query = Mapping[str, str]
FORMAT_PARAMETER = OpenApiParameter(
    "format", str, enum=["json", *FileKind], description="csv and xlsx give every row as a file."
)


def file_kind(query: Query) -> FileKind | None:
    """Return the kind of file asked for, None for JSON. Raises: InvalidQuery."""
    return None if query.get("format") == "json" else asking.read_choice(query, "format", FileKind)


def file_answer(kind: FileKind, table: Table) -> HttpResponseBase:
    """Answer a file to keep, named after the table."""
    response: HttpResponse | FileResponse | StreamingHttpResponse
    if kind is FileKind.CSV:
        response = StreamingHttpResponse(csv_chunks(table), content_type=CONTENT_TYPES[kind])
    else:
        file = TemporaryFile()  # noqa: SIM115 - the answer closes it
        write_xlsx(table, file)
        file.seek(0)
        response = FileResponse(file, content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{table.name}.{kind}"'
    return response


def promotion_table(query: Query) -> Table:
    """Return the performance of programs. Raises: as the report."""
    period = asking.read_period(query, *GroupBy)
    rows = each_promotion_performance(
        period,
        program_ids=asking.read_program(query),
        pos_config_ids=asking.read_store(query),
    )

    def cells() -> Iterator[list[Cell]]:
        for row in rows:
            digits = currency_digits(row.currency)
            yield [
                *(row.date, row.program_id, row.program_name, row.program_type, row.currency),
                *(row.total_transactions, row.total_qty.normalize()),
                *(round(row.total_amount, digits), round(row.total_discount, digits)),
                *(round(row.avg_transaction_value, digits), round(row.conversion_rate, 4)),
                *(row.points_earned.normalize(), row.points_redeemed.normalize()),
            ]

    header = [
        *(_("Date"), _("Program id"), _("Program"), _("Type"), _("Currency")),
        *(_("Transactions"), _("Quantity"), _("Amount"), _("Discount")),
        *(_("Average transaction"), _("Conversion rate")),
        *(_("Points earned"), _("Points redeemed")),
    ]
    return Table("promotion-performance", header, cells())


def membership_table(query: Query) -> Table:
    """Return the analytics of levels. Raises: as the report."""
    rows = each_membership_analytics(
        asking.read_period(query, GroupBy.DAY, GroupBy.WEEK, GroupBy.MONTH),
        membership_product_ids=asking.read_level(query),
        pos_config_ids=asking.read_store(query),
    )

    def cells() -> Iterator[list[Cell]]:
        for row in rows:
            digits = currency_digits(row.currency or "")
            yield [
                *(row.date, row.membership_level, row.currency, row.new_members),
                *(row.active_members, row.upgraded_members, row.downgraded_members),
                *(row.total_transactions, round(row.total_spending, digits)),
                round(row.avg_spending, digits),
                *(row.total_points_earned.normalize(), row.total_points_redeemed.normalize()),
            ]

    header = [
        *(_("Date"), _("Level"), _("Currency"), _("New members"), _("Active members")),
        *(_("Upgraded"), _("Downgraded"), _("Transactions"), _("Spending")),
        *(_("Average spending"), _("Points earned"), _("Points redeemed")),
    ]
    return Table("membership-analytics", header, cells())


def point_table(query: Query) -> Table:
    """Return operations that moved points. Raises: as the report."""
    kind = asking.read_choice(query, "transaction_type", TransactionType)
    rows = each_point_transaction(
        asking.read_period(query, GroupBy.DAY),
        partner_id=asking.read_partner(query),
        card_id=asking.read_card(query),
        loyalty_program_ids=asking.read_loyalty_program(query),
        transaction_types=None if kind is None else [kind],
    )
    cells = (
        [
            *(row.transaction_date, row.transaction_type, row.card_id, row.partner_id),
            *(row.points_amount.normalize(), row.balance_after.normalize(), row.origin),
        ]
        for row in rows
    )
    header = [
        *(_("Time (UTC)"), _("Type"), _("Card id"), _("Member id"), _("Points")),
        *(_("Balance after"), _("Origin")),
    ]
    return Table("point-transactions", header, cells)
