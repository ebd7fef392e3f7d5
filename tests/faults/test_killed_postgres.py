"""PostgreSQL shut down at once in the middle of sales, with consumers at work."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from config.local_services import LocalServices
from tests.faults.conftest import NIGHTLY, Town, read_until
from tests.house.processes import eventually

pytestmark = pytest.mark.slow
SALES = 2000 if NIGHTLY else 120
CLIENTS = 8


def shut_down_at_once(services: LocalServices) -> None:
    """Send PostgreSQL the signal of an immediate shutdown, as a power cut would look to it, and
    start both servers again once they are gone."""
    postmaster = Path(services.home / "postgres" / "postmaster.pid").read_text().split()[0]
    os.kill(int(postmaster), signal.SIGQUIT)
    assert eventually(lambda: services.keeper_pid() is None, 60)
    services.hold()


def test_nothing_is_lost_or_doubled_when_postgresql_goes_down_amid_sales(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    town.consume()
    tills = town.start("-m", "tests.faults.work", "sell", "0", str(SALES), str(CLIENTS))
    read_until(tills, "open")
    for share in (SALES // 4, SALES // 3):
        for _sale in range(share):
            read_until(tills, "sold")
        shut_down_at_once(town.services)
    said, _ = tills.communicate(timeout=600)
    assert tills.returncode == 0, said
    assert eventually(
        lambda: (
            town.ask("SELECT count(*) FROM witness")
            == town.ask("SELECT count(*) FROM events_event")
        ),
        60,
    )
    assert eventually(town.consumers_are_done, 60)
    ledger = town.run("manage.py", "verify_ledger").strip()
    found = {
        "sales asked for": SALES,
        "asked again after a failure": said.count("again"),
        "orders": town.ask("SELECT count(*) FROM promotions_order"),
        "orders told by the log": town.ask(
            "SELECT count(DISTINCT payload->>'order_id') FROM events_event"
            " WHERE type = 'OrderCreated'"
        ),
        "points earned": town.ask("SELECT sum(points) FROM loyalty_loyaltycard"),
        "operations": town.ask("SELECT count(*) FROM loyalty_pointoperation"),
        "events": town.ask("SELECT count(*) FROM events_event"),
        "events handled": town.ask("SELECT count(*) FROM witness"),
        "events handled, each counted once": town.ask(
            "SELECT count(DISTINCT event_id) FROM witness"
        ),
    }
    with capsys.disabled():
        print(f"\nPostgreSQL shut down twice amid {SALES} sales of {CLIENTS} tills")
        for name, figure in found.items():
            print(f"  {name:36}{figure:>8}")
        print(f"  {ledger}")
    assert found["orders"] == found["orders told by the log"] == SALES
    assert found["operations"] == SALES
    assert found["points earned"] == 100 * SALES
    assert found["events handled"] == found["events handled, each counted once"] == found["events"]
