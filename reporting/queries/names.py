"""Names of what facts of another store only know by id."""

from __future__ import annotations

from django.db import connection


def program_names() -> dict[int, tuple[str, str]]:
    """Return the name and the type of every program by id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, program_type FROM promotions_promotionprogram")
        return {key: (name, kind) for key, name, kind in cursor.fetchall()}


def level_names() -> dict[int, tuple[str, int]]:
    """Return the name and the rank of every level by id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, rank FROM loyalty_membershipproduct")
        return {key: (name, rank) for key, name, rank in cursor.fetchall()}
