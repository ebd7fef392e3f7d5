"""The balance of a card, kept in Redis for those who only look; it never decides a redemption.

`balance:card:{id}` holds what `balance_at` found, with the sequence of the card's journal that it
was found at. Three things keep it from ever being wrong, whatever Redis went through meanwhile:
who asks has read the card's row, and an entry that knows less of the journal than the row does is
not taken; an older entry never replaces a newer one; and none outlives the moment at which time
alone changes the balance. Redis down is a cache that is empty.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson
from django.conf import settings
from redis import Redis

from access import redis_gate
from loyalty.models import LoyaltyCard
from loyalty.queries import CardBalance, balance_at

# Takes the new entry unless the one there has seen more of the journal.
_PUT = """
local held = redis.call('GET', KEYS[1])
if held and cjson.decode(held).sequence > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""


def balance_now(card: LoyaltyCard, at: datetime) -> CardBalance:
    """Return the balance of a card as of about now; `card`: its row, as just read.

    The same as `balance_at`, without asking the journal if nothing moved since somebody did.
    Raises: CardNotFound.
    """
    if not settings.BALANCE_CACHE_SECONDS or not card.active or card.expires_at is not None:
        return balance_at(card.pk, at)
    text = redis_gate.ask(lambda redis: redis.get(_key(card.pk)))
    found = _read(text, card, at) if text is not None else None
    if found is None:
        found = balance_at(card.pk, at)
        keep(found)
    return found


def keep(balance: CardBalance) -> None:
    """Keep a balance for others, for as long as it holds and the setting says."""
    until = balance.at + timedelta(seconds=settings.BALANCE_CACHE_SECONDS)
    for change in (balance.next_change_at, balance.next_row_at):
        until = until if change is None else min(until, change)
    lives = (until - balance.at) // timedelta(milliseconds=1)
    if lives <= 0:
        return
    entry = orjson.dumps(
        {
            "sequence": balance.sequence,
            "at": balance.at.isoformat(),
            "until": until.isoformat(),
            "spendable": str(balance.spendable),
            "pending": str(balance.pending),
            "debt": str(balance.debt),
            "next_change_at": _written(balance.next_change_at),
            "next_row_at": _written(balance.next_row_at),
        }
    )

    def put(redis: Redis) -> object:
        return redis.eval(_PUT, 1, _key(balance.card_id), balance.sequence, entry, lives)

    redis_gate.ask(put)


def _key(card_id: int) -> str:
    return f"{redis_gate.PREFIX}balance:card:{card_id}"


def _read(text: object, card: LoyaltyCard, at: datetime) -> CardBalance | None:
    """Return what an entry says, None if it knows too little or is not of this moment."""
    try:
        entry = orjson.loads(text)  # type: ignore[arg-type]  # what Redis answers has no type
        found = CardBalance(
            card_id=card.pk,
            at=datetime.fromisoformat(entry["at"]),
            spendable=Decimal(entry["spendable"]),
            pending=Decimal(entry["pending"]),
            debt=Decimal(entry["debt"]),
            next_change_at=_instant(entry["next_change_at"]),
            next_row_at=_instant(entry["next_row_at"]),
            sequence=int(entry["sequence"]),
        )
        until = datetime.fromisoformat(entry["until"])
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return None  # another version's, or somebody else's
    if found.sequence < card.sequence or not found.at <= at < until:
        return None
    return replace(found, at=at)


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)
