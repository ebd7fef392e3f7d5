"""A till without a line: the command as a process in which Django cannot be imported."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from core import codec
from promotions.offline.quote import KnownCustomer
from promotions.orders.intake import read_intake
from promotions.orders.request import parse_order
from tests.house.tree import BASE_DIR
from tests.shop import Json, Shop

# What the requirements of the till's path leave out; importing any of it ends the process.
WITHOUT_DJANGO = """
import runpy, sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {
            "django", "rest_framework", "psycopg", "redis", "celery", "babel", "orjson", "knox",
            "django_redis", "unfold", "channels",
        }:
            raise ImportError(f"{name} is not installed here")
        return None
sys.meta_path.insert(0, Nothing())
sys.argv = ["promotions.engine", *sys.argv[1:]]
runpy.run_module("promotions.engine", run_name="__main__")
"""


def customer(order: Json, at: datetime) -> bytes:
    """Return what the server knows of the customer of an order, as a wallet file has it."""
    intake = read_intake(parse_order(orjson.dumps(order)), at=at)
    known = KnownCustomer(intake.cart.partner_id, intake.wallet)
    return orjson.dumps(codec.encode(known))


class OfflineTill:
    """Files in a folder, and the command that quotes from them."""

    def __init__(self, folder: Path, shop: Shop) -> None:
        self.folder = folder
        self.bundle: Any = shop.till.ok("GET", "offline-bundle?pos_config=main")
        self.keys = shop.till.ok("GET", "offline-bundle/keys")

    def run(
        self, order: Any, *options: str, wallet: bytes | None = None, trusted: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Quote an order from the bundle."""
        files = {"bundle": self.bundle, "keys": self.keys, "cart": order}
        for name, data in files.items():
            (self.folder / name).write_bytes(
                data if isinstance(data, bytes) else orjson.dumps(data)
            )
        arguments = ["bundle", "cart", *options]
        if trusted:
            arguments += ["--public-key", "keys"]
        if wallet is not None:
            (self.folder / "wallet").write_bytes(wallet)
            arguments += ["--wallet", "wallet"]
        return subprocess.run(
            [sys.executable, "-c", WITHOUT_DJANGO, *arguments],
            cwd=self.folder,
            env={"PYTHONPATH": str(BASE_DIR)},
            capture_output=True,
            text=True,
            check=False,
        )

    def quote(self, order: Json, *options: str, wallet: bytes | None = None) -> Json:
        """Quote an order that is answered."""
        done = self.run(order, *options, wallet=wallet)
        assert done.returncode == 0, done.stderr
        answer: Json = orjson.loads(done.stdout)
        return answer
