"""What the processes of these tests do: `python -m tests.faults.work open|sell|gifts …`."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import django

PATIENCE_SECONDS = 90


def open_shop() -> None:
    """Open a shop where a member earns 100 points with each sale, and the witness's table."""
    from django.db import connection

    from tests.promotions.test_commit_order import club
    from tests.shop import Shop

    shop = Shop()
    shop.products(A="100.00")
    for number in range(4):
        shop.member(f"member-{number}", "0")
    club(shop)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE witness (event_id bigint)")


def sell(first: int, count: int, clients: int) -> None:
    """Sell under refs of their own, each repeated until it is answered; say which were."""
    from access.caller import Role
    from access.services.create_token import create_token

    token = create_token(username="till", role=Role.POS, pos_ref="main").key
    print("open", flush=True)
    share = [range(first + client, first + count, clients) for client in range(clients)]
    threads = [threading.Thread(target=_sell, args=(token, refs)) for refs in share]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _sell(token: str, refs: range) -> None:
    from django.db import connection

    from tests.shop import Api

    till = Api(token)
    try:
        for number in refs:
            body = {
                "ref": f"sale-{number}",
                "pos_config": "main",
                "partner": f"member-{number % 4}",
                "lines": [{"sku": "A", "qty": "1"}],
            }
            _until_answered(till, body)
            print(f"sold {number}", flush=True)
    finally:
        connection.close()


def _until_answered(till: Any, body: dict[str, Any]) -> None:
    """Ask again while the server is away, as a till does."""
    from django.db import DatabaseError, connection

    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            answer = till.call("POST", "orders", body)
        except DatabaseError as error:
            answer = str(error)
        else:
            if till.status in {200, 201}:
                return
            if till.status < 500:
                raise AssertionError(f"{till.status}: {answer}")
        print("again", flush=True)
        connection.close()
        time.sleep(0.1)
    raise AssertionError(f"nobody answered in time: {answer}")


def gifts(cards: int) -> None:
    """Give so many cards ten points that ended an hour ago."""
    from loyalty.services.earn_points import earn_points
    from loyalty.services.open_card import open_card
    from loyalty.services.upsert_loyalty_program import upsert_loyalty_program

    now = datetime.now(UTC)
    program = upsert_loyalty_program(ref="gifts", name="Gifts").loyalty_program_id
    for number in range(cards):
        earlier = now - timedelta(days=2)
        opened = open_card(loyalty_program_id=program, partner_id=None, at=earlier)
        earn_points(
            card_id=opened.card_id,
            points=Decimal(10),
            origin="gift",
            idempotency_key=f"gift:{number}",
            at=earlier,
            expires_at=now - timedelta(hours=1),
        )


def sweep() -> None:
    """Ask Celery for the sweep of expired points."""
    from loyalty.tasks import expire_due_points

    expire_due_points.delay()


def behind() -> None:
    """Say how many events each consumer has yet to handle, parked ones and dead letters."""
    from events.queries import consumer_statuses
    from events.registry import consumers

    for one in consumer_statuses([*consumers().values()]):
        print(one.name, one.behind, one.retrying + one.waiting, one.dead)


if __name__ == "__main__":
    django.setup()
    WORK: dict[str, Callable[..., None]] = {
        "open": open_shop,
        "sell": sell,
        "gifts": gifts,
        "sweep": sweep,
        "behind": behind,
    }
    WORK[sys.argv[1]](*map(int, sys.argv[2:]))
