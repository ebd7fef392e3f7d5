"""The terms of programs that a process has met."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from loyalty.domain.terms import Terms

KNOWN_AT_MOST = 32


class KnownTerms:
    """The terms of programs this process has met, by their text: the last few, for all threads.

    The database compares the texts under the card's lock, so what is kept here cannot be stale:
    changed settings are another text, answered with `terms_unknown` and learned.
    """

    def __init__(self) -> None:
        self._by_text: OrderedDict[str, Terms] = OrderedDict()
        self._lock = Lock()

    def learn(self, text: str) -> None:
        """Keep the terms of this text. Raises: what `Terms.parse` raises."""
        terms = Terms.parse(text)
        with self._lock:
            self._by_text[text] = terms
            self._by_text.move_to_end(text)
            while len(self._by_text) > KNOWN_AT_MOST:
                self._by_text.popitem(last=False)

    def all(self) -> list[tuple[str, Terms]]:
        """Return all that are kept, by their text."""
        with self._lock:
            return list(self._by_text.items())
