"""What reporting reads from the event log."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from events.domain.consumer import Consumer, LoggedEvent
from reporting.live import tell_boards
from reporting.services.load_facts import load_facts

POINTS = frozenset(
    {
        "PointsEarned",
        "PointsRedeemed",
        "PointsReversed",
        "PointsExpired",
        "PointsAdjusted",
        "PointsTransferred",
    }
)


def add_facts(batch: Sequence[LoggedEvent]) -> None:
    """Load the facts of the orders, returns and ledger operations that the events speak of."""
    load_facts(
        order_ids={int(one.payload["order_id"]) for one in batch if one.type == "OrderCreated"},
        return_ids={int(one.payload["return_id"]) for one in batch if one.type == "OrderReturned"},
        operation_ids={
            int(one.payload["operation_id"])
            for one in batch
            if one.type in POINTS and "operation_id" in one.payload
        },
    )
    transaction.on_commit(tell_boards)


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
)
