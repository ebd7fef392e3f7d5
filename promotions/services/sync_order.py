"""Commit an order that a till sold without a line."""

from datetime import datetime

from promotions.catalog_version import version_in_force_at, was_in_force_since
from promotions.offline.limits import BUNDLE_LIFE
from promotions.offline.request import OfflineOrder
from promotions.offline.sale import OfflineSale
from promotions.orders.errors import CatalogVersionOutOfRange
from promotions.orders.first_answer import Committed, late_answer
from promotions.services.commit_order import commit_order


def sync_order(*, order: OfflineOrder, now: datetime, user_id: int | None) -> Committed:
    """Decide the order as of its sale, by the programs the till knew or else those then in force.

    With `charged_total` the sale stands as it was charged.
    Raises: TooLongAgo, CatalogVersionOutOfRange, and what `commit_order` raises.
    Writes: what `commit_order` writes.
    Safe under: replay and concurrency, as `commit_order` is.
    """
    sold = order.as_sold()
    # The version tells no order from another.
    first = late_answer(sold, now=now, sale=OfflineSale(0, charged_total=order.charged_total))
    if first is not None:
        return first
    version = order.catalog_version
    if version is None:
        version = version_in_force_at(order.at)
    elif not was_in_force_since(version, order.at - BUNDLE_LIFE):
        raise CatalogVersionOutOfRange(catalog_version=version)
    sale = OfflineSale(catalog_version=version, charged_total=order.charged_total)
    return commit_order(order=sold, at=order.at, user_id=user_id, sale=sale)
