"""Callers of every role."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from access.caller import Role
from access.services.create_token import create_token
from tests.shop import Api

Caller = Callable[[str], Api]


@pytest.fixture
def caller(db: None) -> Caller:
    """Return a client of a role; a till acts for the POS `main`."""

    def make(role: str) -> Api:
        pos_ref = "main" if role == Role.POS else ""
        return Api(create_token(username=role, role=Role(role), pos_ref=pos_ref).key)

    return make


@pytest.fixture
def admin(caller: Caller) -> Api:
    """Return a client that may do everything."""
    return caller("admin")


@pytest.fixture
def till(caller: Caller) -> Api:
    """Return the client of a till."""
    return caller("pos")


@pytest.fixture
def club(admin: Api) -> Api:
    """Set up a kind of points, a member and their card CARD-1; return the admin's client."""
    admin.ok("PUT", "loyalty-programs/club", {"name": "Club"})
    admin.ok("PUT", "partners/p1", {"name": "Ana", "email": "ana@shop.test", "phone": "1"})
    admin.ok("PUT", "cards/CARD-1", {"loyalty_program": "club", "partner": "p1"})
    return admin


@pytest.fixture
def hundred(club: Api, till: Api) -> Api:
    """Put 100 points on CARD-1; return the till's client."""
    till.ok("POST", "cards/CARD-1/earn", {"points": "100", "origin": "welcome"})
    return till
