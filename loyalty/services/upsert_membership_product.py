"""Set up a membership level."""

from dataclasses import dataclass

from loyalty.domain.text import check_text
from loyalty.errors import InvalidText
from loyalty.models import MembershipProduct

_MOST_RANK = 32767


@dataclass(frozen=True, slots=True)
class MembershipProductSaved:
    """A level as it now is."""

    membership_product_id: int
    ref: str
    created: bool


def upsert_membership_product(*, ref: str, name: str, rank: int = 0) -> MembershipProductSaved:
    """Make the level with this reference, or set its name and rank (higher is better).

    Raises: InvalidText.
    Writes: loyalty_membershipproduct.
    Safe under: replay and concurrency, by the reference being unique.
    """
    if not 0 <= rank <= _MOST_RANK:
        raise InvalidText("The rank is a number from 0 on.", field="rank", most=_MOST_RANK)
    saved, created = MembershipProduct.objects.update_or_create(
        ref=check_text("ref", ref, 64),
        defaults={"name": check_text("name", name, 120), "rank": rank},
    )
    return MembershipProductSaved(saved.pk, saved.ref, created)
