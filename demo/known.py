"""What of a demo is there already, by the prefix of its references."""

from __future__ import annotations

from django.db import connection

from loyalty.models import Partner
from promotions.models import Coupon, Order


def count_orders(prefix: str) -> int:
    """Return how many orders have a reference that starts like this."""
    return Order.objects.filter(ref__startswith=prefix).count()


def known_orders(prefix: str) -> dict[str, str]:
    """Return the status of every order whose reference starts like this, by reference."""
    found = Order.objects.filter(ref__startswith=prefix)
    return dict(found.values_list("ref", "status"))


def known_partners(prefix: str) -> set[str]:
    """Return the references of members that start like this."""
    found = Partner.objects.filter(ref__startswith=prefix)
    return set(found.values_list("ref", flat=True))


def open_coupons(program: str) -> dict[str, list[str]]:
    """Return the codes of the members' unused coupons of a program, by member, oldest first."""
    found: dict[str, list[str]] = {}
    coupons = Coupon.objects.filter(
        program__ref=program, points__gt=0, withdrawn_at=None, partner__isnull=False
    )
    for partner, code in coupons.order_by("id").values_list("partner__ref", "code"):
        found.setdefault(partner or "", []).append(code)
    return found


def do_not_wait_for_the_disk() -> None:
    """Let commits of this connection return before they are on disk.

    A crash of the server loses at most the last moment, and nothing in part. Loading is done
    again from there, so it need not pay for each order to be safe at once, as a till must.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
