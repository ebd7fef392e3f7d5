"""Users, groups, API tokens, and the read-only pages that other apps build on."""

from access.admin.tokens import GrantAdmin
from access.admin.users import GroupAdmin, UserAdmin

__all__ = ["GrantAdmin", "GroupAdmin", "UserAdmin"]
