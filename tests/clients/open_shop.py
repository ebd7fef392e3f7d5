"""Opens the shop that the clients call, on the database of DATABASE_URL; prints its tokens.

A program of its own: `python -m tests.clients.open_shop`.
"""

from __future__ import annotations

import json

import django


def main() -> None:
    """Sell twice at `main`, return once; print a token for each role, and for a till elsewhere."""
    from access.caller import Role
    from access.services.create_token import create_token
    from tests.reporting.conftest import ReportedShop

    shop = ReportedShop()
    shop.admin.ok("PUT", "pos-configs/other", {"name": "Other street"})
    shop.sell("one", ["tea", "cup"], partner="ann")
    shop.sell("two", ["cup"])
    shop.give_back("two", "1", "1")
    shop.load()
    keys = {
        role.value: create_token(
            username=f"client-{role}", role=role, pos_ref="main" if role is Role.POS else ""
        ).key
        for role in Role
    }
    keys["elsewhere"] = create_token(username="elsewhere", role=Role.POS, pos_ref="other").key
    print(json.dumps(keys))


if __name__ == "__main__":
    django.setup()
    main()
