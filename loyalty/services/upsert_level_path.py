"""Set up how a level is reached and kept."""

from dataclasses import dataclass
from decimal import Decimal

from loyalty.domain.levels import Downgrade, SpendingWindow
from loyalty.domain.text import check_text
from loyalty.errors import InvalidLevelPath, MembershipProductNotFound
from loyalty.models import MembershipLevelPath, MembershipProduct

_MOST_MONTHS = 1200
_MOST_AMOUNT = Decimal(10**12)


@dataclass(frozen=True, slots=True)
class LevelPathSaved:
    """A level path as it now is."""

    level_path_id: int
    ref: str
    created: bool


def upsert_level_path(
    *,
    ref: str,
    membership_product: str,
    threshold: Decimal,
    sequence: int,
    is_upgradable: bool,
    is_downgradable: bool,
    window: SpendingWindow = SpendingWindow.ROLLING_MONTHS,
    window_months: int = 12,
    term_months: int = 12,
    grace_days: int = 0,
    downgrade_to: Downgrade = Downgrade.EARNED_LEVEL,
) -> LevelPathSaved:
    """Make the path with this reference, or set what it says; `threshold` is money spent.

    `membership_product`: the level's reference. `term_months` 0: the level is for ever.
    Raises: MembershipProductNotFound, InvalidLevelPath (facts field), InvalidText.
    Writes: loyalty_membershiplevelpath.
    Safe under: replay and concurrency, by the reference being unique.
    """
    if not threshold.is_finite() or not 0 <= threshold < _MOST_AMOUNT:
        raise InvalidLevelPath("A threshold is an amount from 0 on.", field="threshold")
    if not 0 <= sequence <= 32767:
        raise InvalidLevelPath("A sequence is a number from 0 to 32767.", field="sequence")
    if not 1 <= window_months <= _MOST_MONTHS:
        raise InvalidLevelPath("A window has 1 to 1200 months.", field="window_months")
    if not 0 <= term_months <= _MOST_MONTHS:
        raise InvalidLevelPath("A term has 0 to 1200 months.", field="term_months")
    if not 0 <= grace_days <= 3660:
        raise InvalidLevelPath("The grace has 0 to 3660 days.", field="grace_days")
    product = MembershipProduct.objects.filter(ref=membership_product).first()
    if product is None:
        raise MembershipProductNotFound(membership_product=membership_product)
    saved, created = MembershipLevelPath.objects.update_or_create(
        ref=check_text("ref", ref, 64),
        defaults={
            "membership_product": product,
            "threshold": threshold,
            "sequence": sequence,
            "is_upgradable": is_upgradable,
            "is_downgradable": is_downgradable,
            "window": SpendingWindow(window),
            "window_months": window_months,
            "term_months": term_months,
            "grace_days": grace_days,
            "downgrade_to": Downgrade(downgrade_to),
        },
    )
    return LevelPathSaved(saved.pk, saved.ref, created)
