"""The terms of programs that a process has met, and the dates that they give a day's points."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from loyalty.domain.terms import Expiry, Terms

KNOWN_AT_MOST = 32


@dataclass(frozen=True, slots=True)
class DatesOfTerms:
    """What the ledger is told of the known terms: arrays as PostgreSQL reads them.

    The n-th element of each is about the n-th terms. `pending`: those by which points have to
    wait, as their date is not the day's but the instant's. `active`: the terms, and the expiry,
    of those that live by activity alone.
    """

    terms: str
    expires: str
    cap_from: str
    cap_until: str
    pending: tuple[Terms | None, ...]
    active_terms: str
    active_expires: str
    good_from: datetime
    good_until: datetime

    def available(self, at: datetime) -> str:
        """Return from when points gained then can be spent, nothing where that is at once."""
        if not self.pending:
            return "{}"
        return array_of(None if one is None else one.available_from(at) for one in self.pending)


class KnownTerms:
    """The terms of programs this process has met, by their text: the last few, for all threads.

    The database compares the texts under the card's lock, so what is kept here cannot be stale:
    changed settings are another text, answered with `terms_unknown` and learned.
    """

    def __init__(self) -> None:
        self._by_text: OrderedDict[str, Terms] = OrderedDict()
        self._lock = Lock()
        self._dates: DatesOfTerms | None = None

    def learn(self, text: str) -> None:
        """Keep the terms of this text. Raises: what `Terms.parse` raises."""
        terms = Terms.parse(text)
        with self._lock:
            self._by_text[text] = terms
            self._by_text.move_to_end(text)
            while len(self._by_text) > KNOWN_AT_MOST:
                self._by_text.popitem(last=False)
            self._dates = None

    def dates(self, at: datetime) -> DatesOfTerms:
        """Return what the known terms say of points gained at an instant.

        Kept for as long as it is the same day everywhere: a till asks the same all day long.
        """
        held = self._dates
        if held is not None and held.good_from <= at < held.good_until:
            return held
        with self._lock:
            made = self._dates = _dates_of(list(self._by_text.items()), at)
        return made


def array_of(parts: Iterable[datetime | str | None]) -> str:
    """Return an array as PostgreSQL reads one: a third of the price of handing it a list.

    Terms hold neither quotes nor backslashes: names of choices, numbers and a time zone.
    """
    written = ",".join(["NULL" if one is None else f'"{one}"' for one in parts])
    return f"{{{written}}}"


def _dates_of(known: list[tuple[str, Terms]], at: datetime) -> DatesOfTerms:
    days = [terms.day_of(at) for _, terms in known]
    windows = [terms.cap_window(at) for _, terms in known]
    active = [one for one in known if one[1].expiry is Expiry.INACTIVITY]
    pending = tuple(terms if terms.pending_days else None for _, terms in known)
    return DatesOfTerms(
        terms=array_of(text for text, _ in known),
        expires=array_of(terms.expires_at(at) for _, terms in known),
        cap_from=array_of(window.start for window in windows),
        cap_until=array_of(window.until for window in windows),
        pending=pending if any(pending) else (),
        active_terms=array_of(text for text, _ in active),
        active_expires=array_of(terms.expires_at(at) for _, terms in active),
        good_from=max((day.start for day in days), default=at),
        good_until=min((day.until for day in days), default=at),
    )
