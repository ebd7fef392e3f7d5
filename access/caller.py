"""Who is calling, as far as permissions depend on it."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a caller may do; one token has one role."""

    POS = "pos"
    MARKETING = "marketing"
    MANAGER = "manager"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in caller. `pos_ref`: the only POS a `pos` token acts for; None for other roles.

    `identity` is what the caller's requests are counted under: one per token, one per session user.
    """

    user_id: int
    username: str
    role: Role
    pos_ref: str | None = None
    identity: str = ""
