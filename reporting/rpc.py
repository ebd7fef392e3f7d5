"""gRPC: the three reports, over the same queries as REST."""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from access.caller import Role
from access.rpc import RpcCall, message_of, rpc_method
from punchcard.v1 import reports_pb2 as wire
from reporting.api import reports, shapes
from reporting.api.asking import Query
from reporting.queries.points import PointTransaction

_SERVICE = wire.DESCRIPTOR.services_by_name["ReportService"]


def answer_promotions(
    _call: RpcCall, asked: wire.PromotionPerformanceRequest
) -> wire.PromotionPerformanceReport:
    """Answer one page. Raises: as the report."""
    page = reports.promotion_page(query_of(asked))
    told = shapes.report_answer(page, shapes.promotion_answer)
    return message_of(wire.PromotionPerformanceReport, told)


def answer_memberships(
    _call: RpcCall, asked: wire.MembershipAnalyticsRequest
) -> wire.MembershipAnalyticsReport:
    """Answer one page. Raises: as the report."""
    page = reports.membership_page(query_of(asked))
    told = shapes.report_answer(page, shapes.membership_answer)
    return message_of(wire.MembershipAnalyticsReport, told)


def answer_points(
    _call: RpcCall, asked: wire.PointTransactionsRequest
) -> wire.PointTransactionsReport:
    """Answer one page. Raises: as the report."""
    query = query_of(asked)
    told = shapes.report_answer(reports.point_page(query), _transaction)
    told |= {"archived": reports.point_months_in_files(query)}
    return message_of(wire.PointTransactionsReport, told)


def query_of(asked: Message) -> Query:
    """Return what is set in a request as the query of an address has it."""
    return {one.name: _text(one, held) for one, held in asked.ListFields()}


def _text(one: FieldDescriptor, held: Any) -> str:
    if one.enum_type is not None:
        # GROUP_BY_DAY of GroupBy group_by is "day"; a number that is none is refused as a word.
        known = one.enum_type.values_by_number.get(held)
        return known.name.removeprefix(f"{one.name.upper()}_").lower() if known else str(held)
    return str(held).lower() if isinstance(held, bool) else str(held)


def _transaction(row: PointTransaction) -> shapes.Answer:
    told = shapes.point_answer(row)
    return told | {"transaction_date": row.transaction_date.isoformat()}


METHODS = tuple(
    rpc_method(_SERVICE, name, (Role.MANAGER,), answer, bounded=True)
    for name, answer in (
        ("GetPromotionPerformance", answer_promotions),
        ("GetMembershipAnalytics", answer_memberships),
        ("ListPointTransactions", answer_points),
    )
)
