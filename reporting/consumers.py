"""What reporting reads from the event log."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from events.domain.consumer import Consumer, LoggedEvent
from reporting.facts.log import POINTS, ids_of
from reporting.live import tell_boards
from reporting.queries.clickhouse.server import check_client
from reporting.services.copy_to_clickhouse import copy_to_clickhouse
from reporting.services.load_facts import load_facts

MEMBERSHIP = "MembershipChanged"


def add_facts(batch: Sequence[LoggedEvent]) -> None:
    """Load the facts of the orders, returns and ledger operations that the events speak of."""
    load_facts(**ids_of((one.type, one.payload) for one in batch))
    transaction.on_commit(tell_boards)


def copy_facts(batch: Sequence[LoggedEvent]) -> None:
    """Copy these facts, and the levels of members that changed, to ClickHouse.

    Raises: TargetDown.
    """
    partner_ids = {int(one.payload["partner_id"]) for one in batch if one.type == MEMBERSHIP}
    copy_to_clickhouse(**ids_of((one.type, one.payload) for one in batch), partner_ids=partner_ids)


def _clickhouse_consumers() -> tuple[Consumer, ...]:
    """Return the consumer if there is a ClickHouse. Raises: ImproperlyConfigured."""
    if not settings.CLICKHOUSE_URL:
        return ()
    check_client()
    return (
        Consumer(
            name="report_clickhouse",
            handle=copy_facts,
            event_types=POINTS | {"OrderCreated", "OrderReturned", MEMBERSHIP},
            # ClickHouse takes few large batches better than many small ones.
            partitions=1,
            batch_size=5000,
        ),
    )


CONSUMERS = (
    Consumer(
        name="report_facts",
        handle=add_facts,
        event_types=POINTS | {"OrderCreated", "OrderReturned"},
        # All batches add to the same few summary rows: workers side by side would only wait for
        # each other there.
        partitions=1,
        batch_size=1000,
    ),
    *_clickhouse_consumers(),
)
