"""Back-tests as tests ask for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from promotions.models import Backtest
from promotions.services.start_backtest import start_backtest
from promotions.services.work_on_backtest import work_on_backtest
from tests.shop import Json, Shop

WHOLE_TIME = {"date_from": date(2020, 1, 1), "date_to": date(2999, 12, 31)}


def ask(program: Json, **asked: Any) -> Backtest:
    """Start a back-test over all orders, unless `asked` says otherwise."""
    asked = WHOLE_TIME | asked
    started = start_backtest(program_id=program["id"], created_by=None, at=timezone.now(), **asked)
    return Backtest.objects.select_related("job").get(pk=started.backtest_id)


def backtest(program: Json, **asked: Any) -> Json:
    """Do a whole back-test and return its result."""
    asked_for = ask(program, **asked)
    work_on_backtest(job_id=asked_for.job_id)
    asked_for.refresh_from_db()
    asked_for.job.refresh_from_db()
    assert asked_for.job.state == "done", asked_for.job.error
    assert asked_for.result is not None
    result: Json = asked_for.result
    return result


def sums(result: Json) -> dict[str, str]:
    """Return discount and sales over all days, before and after."""
    names = ("discount_before", "discount_after", "sales_before", "sales_after")
    return {
        name: str(sum((Decimal(one[name]) for one in result["days"]), Decimal(0))) for name in names
    }


def draft(shop: Shop, **fields: Any) -> Json:
    """Make a program that is not published."""
    return shop.program(publish=False, **fields)
