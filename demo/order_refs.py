"""Which orders of a demo are there already, by the prefix of their references."""

from __future__ import annotations

from promotions.models import Order


def count_orders(prefix: str) -> int:
    """Return how many orders have a reference that starts like this."""
    return Order.objects.filter(ref__startswith=prefix).count()


def known_orders(prefix: str) -> dict[str, str]:
    """Return the status of every order whose reference starts like this, by reference."""
    found = Order.objects.filter(ref__startswith=prefix)
    return dict(found.values_list("ref", "status"))
