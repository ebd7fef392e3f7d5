"""The tree of refusals: what may go wrong on purpose, each with a stable code and its facts.

Anything that is not one of these is a bug. Which HTTP, GraphQL or gRPC status a kind becomes
is decided in one place, `config/problems.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import ClassVar


class PunchcardError(Exception):
    """Something was refused."""

    code: ClassVar[str] = "refused"

    def __init__(self, detail: str | None = None, /, **facts: object) -> None:
        """Take the facts as keywords; `detail` replaces the docstring as the message."""
        self.facts: Mapping[str, object] = facts
        self.detail = detail or inspect.cleandoc(type(self).__doc__ or "").splitlines()[0]
        super().__init__(self.detail)

    def __str__(self) -> str:
        """Return the message with its facts, for logs and the command line."""
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.detail} ({facts})" if facts else self.detail


class Invalid(PunchcardError):
    """The request is malformed or contradicts itself."""

    code = "invalid"


class NotAllowed(PunchcardError):
    """You may not do this."""

    code = "not_allowed"


class Missing(PunchcardError):
    """There is no such thing, or you may not see it."""

    code = "not_found"


class Conflict(PunchcardError):
    """This contradicts what is stored."""

    code = "conflict"


class Refused(PunchcardError):
    """The request is understood and well-formed, but the rules of the shop refuse it."""

    code = "refused"


class Busy(PunchcardError):
    """Too busy right now; nothing was written, try again."""

    code = "busy"
    retry_after_seconds: ClassVar[int] = 1
