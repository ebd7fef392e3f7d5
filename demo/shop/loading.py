"""Loading the demo shop, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TextIO

from django.utils import timezone

from core.progress import progress_of
from demo.known import count_orders, known_partners
from demo.shop.accounts import ensure_accounts
from demo.shop.assortment import read_products
from demo.shop.opening import open_club, open_stores, start_programs
from demo.shop.people import MEMBER_PREFIX
from demo.shop.trading import PREFIX, ShopYear, trade
from demo.workers import share_out

DEFAULT_SEED = 2024
DEFAULT_MEMBERS = 2_000
DEFAULT_ORDERS = 4_000
# So long after a day began in UTC, it is over in every store.
_CLOSED_EVERYWHERE = timedelta(hours=32)


def load(*, seed: int, members: int, orders: int, processes: int, out: TextIO) -> bool:
    """Make the shop, or what is missing of it; return False if nothing was.

    Its year ends yesterday. Raises: WorkerFailed, KeyboardInterrupt; both leave what is done, and
    the next run goes on. Writes: everything a shop has, through the services.
    """
    ensure_accounts()
    done = count_orders(PREFIX)
    if done >= orders:
        return False
    now = timezone.now()
    last_day = (now - _CLOSED_EVERYWHERE).date()
    year = ShopYear(seed=seed, members=members, orders=orders, last_day=last_day)
    open_stores(read_products())
    open_club()
    start_programs(year.first_day, now)
    done += len(known_partners(MEMBER_PREFIX))
    with progress_of("Members and orders", total=members + orders, done=done, out=out) as bar:
        share_out(trade, year, shards=processes, bar=bar)
    return True
