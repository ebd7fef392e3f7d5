"""REST: what back-tests found."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from access.caller import Role
from access.json import answer
from access.permissions import allow
from access.serializers import Shape
from access.views import ApiView
from core.money import currency_digits
from core.numbers import fixed, plain
from jobs.api.jobs import JobShape, job_answer
from promotions.backtests.reading import (
    ChangedOrder,
    changed_orders,
    count_changed_orders,
    read_backtest,
)
from promotions.models import Backtest
from reporting.api import asking, files, shapes
from reporting.exports import Table
from reporting.queries.period import Page

READERS = allow(Role.MARKETING, Role.MANAGER)
Answer = dict[str, Any]


class BacktestDayShape(Shape):
    """One day in one currency. `given`: by the draft itself."""

    day = serializers.DateField()
    currency = serializers.CharField()
    orders = serializers.IntegerField()
    hit = serializers.IntegerField(help_text="Orders that the draft gave something.")
    changed = serializers.IntegerField(help_text="Orders that would have come out otherwise.")
    given = serializers.CharField()
    discount_before = serializers.CharField()
    discount_after = serializers.CharField()
    sales_before = serializers.CharField()
    sales_after = serializers.CharField()


class BacktestPointsShape(Shape):
    """Points of one kind on one day."""

    day = serializers.DateField()
    loyalty_program = serializers.IntegerField()
    earned_before = serializers.CharField()
    earned_after = serializers.CharField()
    spent_before = serializers.CharField()
    spent_after = serializers.CharField()


class BacktestProductShape(Shape):
    """A product, and how much more would have been taken off it."""

    product = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    qty = serializers.CharField()
    discount = serializers.CharField()


class BacktestResultShape(Shape):
    """The sums of a back-test."""

    orders = serializers.IntegerField()
    hit = serializers.IntegerField()
    changed = serializers.IntegerField()
    members = serializers.IntegerField(help_text="Distinct members that got something.")
    coupons = serializers.IntegerField(help_text="More coupons that would have been issued.")
    days = BacktestDayShape(many=True)
    points = BacktestPointsShape(many=True)
    products = BacktestProductShape(many=True)


class BacktestShape(Shape):
    """A back-test. `result` null: it is not done."""

    id = serializers.IntegerField()
    program = serializers.IntegerField()
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    pos_config = serializers.CharField(allow_null=True)
    keep_dates = serializers.BooleanField()
    show_code = serializers.BooleanField()
    job = JobShape()
    result = BacktestResultShape(allow_null=True)


class ChangedOrderShape(serializers.Serializer):  # type: ignore[type-arg]
    """An order that the draft would have changed, or given something."""

    order_id = serializers.IntegerField()
    ref = serializers.CharField()
    at = serializers.DateTimeField()
    store = serializers.CharField()
    member = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    hit = serializers.BooleanField()
    given = serializers.CharField()
    discount_before = serializers.CharField()
    discount_after = serializers.CharField()
    total_before = serializers.CharField()
    total_after = serializers.CharField()
    points = serializers.CharField(help_text="More points of the draft's kind.")


class BacktestView(ApiView):
    """One back-test."""

    permission_classes = (READERS,)

    @extend_schema(
        operation_id="read_backtest",
        tags=["programs"],
        summary="Tell what a draft would have done to orders of the past",
        parameters=[OpenApiParameter("backtest", int, OpenApiParameter.PATH)],
        responses=BacktestShape,
    )
    def get(self, request: Request, backtest: int) -> HttpResponse:
        """Answer what was asked, how far it is, and the sums once it is done."""
        return answer(backtest_answer(read_backtest(backtest)))


class BacktestOrdersView(ApiView):
    """The orders of a back-test that the draft would have changed."""

    permission_classes = (READERS,)

    @extend_schema(
        operation_id="list_backtest_orders",
        tags=["programs"],
        summary="List the orders that the draft would have changed, those changed most first",
        parameters=[
            OpenApiParameter("backtest", int, OpenApiParameter.PATH),
            *asking.PAGE_PARAMETERS,
            files.FORMAT_PARAMETER,
        ],
        responses=shapes.report_shape(ChangedOrderShape),
    )
    def get(self, request: Request, backtest: int) -> HttpResponseBase:
        """Answer one page, or a file of all."""
        key = read_backtest(backtest).pk
        query = request.query_params
        if kind_of_file := files.file_kind(query):
            return files.file_answer(kind_of_file, changed_orders_table(key))
        page = orders_page(key, asking.read_page(query))
        return answer(shapes.report_answer(page, order_answer))


def orders_page(backtest_id: int, asked: asking.PageAsked) -> Page[ChangedOrder]:
    """Return one page of the orders changed. Raises: BacktestNotFound."""
    key = read_backtest(backtest_id).pk
    rows = changed_orders(key, limit=asked.per_page, offset=(asked.page - 1) * asked.per_page)
    return Page(list(rows), asked.page, asked.per_page, count_changed_orders(key))


def changed_orders_table(backtest_id: int) -> Table:
    """Return the orders changed as a table."""
    header = [
        *(_("Order"), _("Time (UTC)"), _("Store"), _("Member"), _("Currency"), _("By the draft")),
        *(_("Discount before"), _("Discount after"), _("Total before"), _("Total after")),
        _("More points"),
    ]
    cells = (
        [
            *(one.ref, one.at, one.store, one.member, one.currency, one.given.normalize()),
            *(one.discount_before.normalize(), one.discount_after.normalize()),
            *(one.total_before.normalize(), one.total_after.normalize(), one.points.normalize()),
        ]
        for one in changed_orders(backtest_id)
    )
    return Table(f"backtest-{backtest_id}", header, cells)


def backtest_answer(one: Backtest) -> Answer:
    """Return a back-test as the APIs tell it."""
    return {
        "id": one.pk,
        "program": one.program_id,
        "date_from": one.date_from,
        "date_to": one.date_to,
        "pos_config": None if one.pos_config is None else one.pos_config.ref,
        "keep_dates": one.keeps_dates,
        "show_code": one.shows_code,
        "job": job_answer(one.job),
        "result": one.result,
    }


def order_answer(one: ChangedOrder) -> Answer:
    """Return an order changed as the APIs tell it."""
    digits = currency_digits(one.currency)
    return {
        "order_id": one.order_id,
        "ref": one.ref,
        "at": one.at,
        "store": one.store,
        "member": one.member,
        "currency": one.currency,
        "hit": one.hit,
        "given": fixed(one.given, digits),
        "discount_before": fixed(one.discount_before, digits),
        "discount_after": fixed(one.discount_after, digits),
        "total_before": fixed(one.total_before, digits),
        "total_after": fixed(one.total_after, digits),
        "points": plain(one.points),
    }
