"""Which roles may call an endpoint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from access.caller import Caller, Role
from access.errors import NotAuthenticated, RoleNotAllowed

if TYPE_CHECKING:
    # DRF imports this module while its own views are being loaded (settings name it).
    from rest_framework.views import APIView

EVERYONE = (Role.POS, Role.MARKETING, Role.MANAGER)


class RolePermission(BasePermission):
    """Lets callers of certain roles in, by method; what `allow` makes subclasses of."""

    default: ClassVar[frozenset[Role]] = frozenset({Role.ADMIN})
    by_method: ClassVar[dict[str, frozenset[Role]]] = {}

    @classmethod
    def roles_for(cls, method: str) -> frozenset[Role]:
        """Return the roles that may use this HTTP method (HEAD counts as GET)."""
        return cls.by_method.get("GET" if method == "HEAD" else method, cls.default)

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return True, or raise NotAuthenticated or RoleNotAllowed."""
        if request.user is None:
            raise NotAuthenticated
        caller = request.auth
        allowed = self.roles_for(request._request.method or "")
        if isinstance(caller, Caller) and caller.role in allowed:
            return True
        raise RoleNotAllowed(
            role=caller.role if isinstance(caller, Caller) else None,
            allowed=sorted(role.value for role in allowed),
        )


def allow(*roles: Role, **by_method: Iterable[Role]) -> type[RolePermission]:
    """Return a DRF permission for these roles; the admin role is always among them.

    Keywords name other roles for a method: `allow(Role.POS, PUT=(Role.MARKETING,))`. With no
    roles at all only the admin role may call.
    """
    made = {name: frozenset({*held, Role.ADMIN}) for name, held in by_method.items()}
    fields = {"default": frozenset({*roles, Role.ADMIN}), "by_method": made}
    return type("AllowedRoles", (RolePermission,), fields)


class AdminOnly(RolePermission):
    """The permission of an endpoint that forgot to say one."""
