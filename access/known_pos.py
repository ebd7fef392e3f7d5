"""Whether a POS exists, asked of the app that keeps them: it stands above this one."""

from __future__ import annotations

from collections.abc import Callable

_asked: list[Callable[[str], bool]] = []


def ask_for_pos(exists: Callable[[str], bool]) -> None:
    """Have `exists` tell whether there is a POS with a reference; called once, at the start."""
    _asked[:] = [exists]


def is_known_pos(ref: str) -> bool:
    """Tell whether there is such a POS; True if no app keeps any."""
    return all(exists(ref) for exists in _asked)
