"""A till acts for its own POS only."""

from access.caller import Caller, Role
from core.errors import Missing


def assert_pos(caller: Caller, pos_ref: str | None, *, error: Missing | None = None) -> None:
    """Refuse a till that names or touches another POS; other roles may touch any.

    `error` is what is raised: give the one that a thing which does not exist would raise, so
    that a till cannot tell the two apart.
    Raises: Missing, or `error`.
    """
    if caller.role is Role.POS and caller.pos_ref != pos_ref:
        raise error or Missing(pos_config=pos_ref)
