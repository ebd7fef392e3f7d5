"""Worked examples: a year of a member, ending in the truths of the ledger."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from events.models import Event
from loyalty.errors import InsufficientPoints
from loyalty.models import PointHistory
from loyalty.queries import balance_at, read_wallet
from loyalty.services.change_membership import change_membership
from loyalty.services.expire_points import expire_points
from loyalty.services.verify_ledger import verify_ledger
from tests.loyalty.book import card, kind_of_points, level, member, undo

pytestmark = pytest.mark.django_db
JAKARTA = ZoneInfo("Asia/Jakarta")


def on(text: str) -> datetime:
    """Return ten o'clock of a day of 2026 in Jakarta: `on("03-15")`."""
    return datetime.fromisoformat(f"2026-{text}T10:00:00").replace(tzinfo=JAKARTA)


def test_a_year_with_expiry_by_quarter_a_return_and_a_new_level():
    """Points wait 14 days, live 6 months rounded up to the quarter, and Gold comes in June."""
    level("silver", 1)
    gold = level("gold", 2)
    ann = member("ann", "silver")
    held = card(
        kind_of_points(
            expiry="months",
            expiry_length=6,
            expiry_round_up="quarter",
            pending_days=14,
            negative_balance="allow",
            time_zone="Asia/Jakarta",
        ),
        ann,
    )
    # January: 120 points, good to the end of September; February: 80, the same.
    held.earn("120", at=on("01-10"))
    february = held.earn("80", at=on("02-20"))
    balances = [held.balance(on(day)) for day in ("01-23", "01-24", "03-05", "03-06")]
    assert balances == [0, 120, 120, 200]
    # April: 60 spent, all of January's; half of that basket comes back a week later.
    spent = held.redeem("60", at=on("04-01"))
    assert undo(spent, "30", at=on("04-08")).balance_after == 170
    # May: February's order is returned: its own 80 are still there.
    assert undo(february, at=on("05-02")).points == -80
    # June: Gold. The lots go over; the balance stays.
    change = change_membership(partner_id=ann, membership_product_id=gold, at=on("06-15"))
    assert (change.lots_carried, held.balance(on("06-15"))) == (1, 90)
    # July: 300 points as Gold, good to the end of March.
    held.earn("300", at=on("07-01"))
    # 30 September is January's last day; on 1 October 90 points are gone, swept or not.
    assert held.balance(on("09-30")) == 390
    assert held.balance(on("10-01")) == 300
    assert expire_points(at=on("10-02")).points == 90
    with pytest.raises(InsufficientPoints):
        held.redeem("301", at=on("10-02"))
    # November: the April basket comes back for the rest; its points have expired meanwhile.
    late = undo(spent, at=on("11-05"))
    assert (late.requested, late.expired, late.points) == (30, 30, 0)
    held.redeem("250", at=on("12-24"))
    assert held.balance(on("12-31")) == 50
    statuses = PointHistory.objects.order_by("sequence").values_list(
        "kind", "status_membership_product__ref"
    )
    assert [ref for kind, ref in statuses if kind == "earn"] == ["silver", "silver", "gold"]
    assert verify_ledger().flaw is None


def test_a_year_on_credit():
    """A shop that allows a negative balance: a returned phone whose points were long spent."""
    held = card(kind_of_points(negative_balance="allow", point_decimals=0))
    phone = held.earn("900", at=on("01-02"))
    held.redeem("850", at=on("02-14"))
    assert undo(phone, at=on("03-01")).balance_after == -850
    for month in ("04", "05", "06"):
        held.earn("300", at=on(f"{month}-01"))
    balances = [balance_at(held.id, on(f"{month}-02")).spendable for month in ("04", "05", "06")]
    assert balances == [-550, -250, 50]
    assert (held.row.debt, held.row.points) == (0, 50)
    earned = PointHistory.objects.filter(kind="earn").values_list("points_amount", flat=True)
    assert sum(earned) == 1800
    held.adds_up()


def test_a_year_of_a_family_sharing_a_card():
    ann, bob = member("ann"), member("bob")
    held = card(kind_of_points(expiry="calendar", expiry_month=12, expiry_day=31), ann)
    held.row.shared_with.add(bob)
    for month in range(1, 13):
        held.earn("10.5", at=on(f"{month:02}-15"))
        if month % 3 == 0:
            held.redeem("20", at=on(f"{month:02}-20"))
    total = Decimal("10.5") * 12 - 20 * 4
    for ref in ("ann", "bob"):
        (row,) = read_wallet(partner_ref=ref, code_keys=[], at=on("12-31")).cards
        assert row.balance == total
    midnight = datetime(2027, 1, 1, tzinfo=ZoneInfo("UTC"))
    assert expire_points(at=midnight).points == total
    assert held.row.points == 0
    assert Event.objects.filter(key=f"card:{held.id}").count() == 12 + 4 + 1
    held.adds_up()
