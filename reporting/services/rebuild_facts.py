"""Making facts and summaries anew from the orders and the ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, transaction

from reporting.archive.archived import months_with_details
from reporting.errors import LogTooShort
from reporting.facts.log import logged_ids
from reporting.facts.summaries import count_facts, forget_facts, lock_facts, summarise_anew
from reporting.facts.version import note_change
from reporting.services.load_facts import FactsLoaded, load_facts

BATCH = 1000
_SOURCES = {
    "order_ids": ("promotions_order", "ordered_at"),
    "return_ids": ("promotions_orderreturn", "returned_at"),
    "operation_ids": ("loyalty_pointoperation", "transaction_time"),
}
_IDS = "SELECT id FROM {table} WHERE {time} >= %s AND {time} < %s ORDER BY id"
Progress = Callable[[int, int], None]


def rebuild_facts(
    *,
    since: date,
    until: date,
    from_log: bool = False,
    progress: Progress = lambda _done, _days: None,
) -> FactsLoaded:
    """Make the facts of these days (both included) anew and count them; archived days stay.

    `from_log`: of what the event log speaks of, and not of orders and ledger. `progress` hears
    days done and of all. Raises: ValueError if `until` comes before `since`; LogTooShort.
    Writes: the three details and their summaries, a month at a time, each in one transaction.
    Safe under: replay and concurrency; loading waits while a month is made, nothing is lost.
    """
    if until < since:
        raise ValueError("the last day comes before the first")
    days, loaded = (until - since).days + 1, FactsLoaded(0, 0, 0)
    done = since
    for first, end in months_with_details(since, until + timedelta(days=1)):
        with transaction.atomic():
            lock_facts(exclusively=True)
            others = forget_facts(first, end)
            _load(first, end, from_log=from_log)
            summarise_anew(first, end)
            for day in others:
                summarise_anew(day, day + timedelta(days=1))
            # Not what was loaded: the edge of a month is made again with the month it belongs to.
            loaded += FactsLoaded(*count_facts(first, end))
            note_change()
        done = end
        progress((end - since).days, days)
    if done <= until:
        progress(days, days)
    return loaded


def _load(first: date, end: date, *, from_log: bool) -> None:
    """Load what may fall on these days by any store's clock.

    Raises: LogTooShort if orders and ledger know of more than the log.
    """
    opens = datetime.combine(first, time(), UTC) - timedelta(days=1)
    closes = datetime.combine(end, time(), UTC) + timedelta(days=1)
    if not from_log:
        _load_batches(_stored_ids(opens, closes))
        return
    _load_batches({name: sorted(ids) for name, ids in logged_ids(opens, closes).items()})
    held = count_facts(first, end)
    _load_batches(_stored_ids(opens, closes))
    known = count_facts(first, end)
    if known != held:
        raise LogTooShort(since=first, facts=sum(known) - sum(held))


def _load_batches(found: Mapping[str, Sequence[int]]) -> None:
    for name, ids in found.items():
        for start in range(0, len(ids), BATCH):
            load_facts(**{name: ids[start : start + BATCH]})


def _stored_ids(opens: datetime, closes: datetime) -> dict[str, list[int]]:
    found = {}
    with connection.cursor() as cursor:
        for name, (table, column) in _SOURCES.items():
            cursor.execute(_IDS.format(table=table, time=column), (opens, closes))
            found[name] = [row[0] for row in cursor.fetchall()]
    return found
