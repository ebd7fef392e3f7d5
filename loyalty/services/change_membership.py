"""Change a member's level."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from core.db import lock_rows
from events.log import Happening, record
from loyalty import ledger
from loyalty.domain.levels import in_order
from loyalty.errors import MembershipProductNotFound, PartnerNotFound
from loyalty.models import Membership, MembershipProduct, Partner
from loyalty.queries import level_paths, shop_zone


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """A change of level; `changed` False: the member had that level already.

    `membership_id`: the open membership, None if there is none now. `lots_carried`: how many
    lots of points went over to the new level.
    """

    partner_id: int
    from_product_id: int | None
    to_product_id: int | None
    membership_id: int | None
    membership_stop: datetime | None
    lots_carried: int
    changed: bool


def change_membership(
    *, partner_id: int, membership_product_id: int | None, at: datetime, reason: str = "set"
) -> MembershipChange:
    """Close the member's membership, open one at this level (None: none), carry the points over.

    The new one lasts the term of the level's path. `reason` goes into the event and the journal.
    Raises: PartnerNotFound, MembershipProductNotFound.
    Writes: loyalty_membership, lots, journal, cards; event MembershipChanged.
    Safe under: replay, as the level held is left alone; concurrency by the partner's row lock,
    then the cards', and `one_open_membership_per_partner`.
    """
    with transaction.atomic():
        if not lock_rows(Partner.objects.filter(pk=partner_id).only("pk")):
            raise PartnerNotFound(partner_id=partner_id)
        if (
            membership_product_id is not None
            and not MembershipProduct.objects.filter(pk=membership_product_id).exists()
        ):
            raise MembershipProductNotFound(membership_product_id=membership_product_id)
        held = Membership.objects.filter(partner_id=partner_id, closed_at=None).first()
        held_product = held.membership_product_id if held else None
        if held_product == membership_product_id:
            return MembershipChange(
                partner_id=partner_id,
                from_product_id=held_product,
                to_product_id=held_product,
                membership_id=held.pk if held else None,
                membership_stop=held.membership_stop if held else None,
                lots_carried=0,
                changed=False,
            )
        if held is not None:
            # One that starts later than this change never was.
            held.closed_at = max(at, held.membership_start)
            held.save(update_fields=["closed_at"])
        opened = _open(partner_id, membership_product_id, at)
        return _carry_over_and_record(partner_id, held, opened, reason, at)


def _open(partner_id: int, product_id: int | None, at: datetime) -> Membership | None:
    if product_id is None:
        return None
    levels = [level for level in level_paths() if level.product_id == product_id]
    stop = in_order(levels)[0].stops_at(at, shop_zone()) if levels else None
    return Membership.objects.create(
        partner_id=partner_id,
        membership_product_id=product_id,
        membership_start=at,
        membership_stop=stop,
    )


def _carry_over_and_record(
    partner_id: int,
    held: Membership | None,
    opened: Membership | None,
    reason: str,
    at: datetime,
) -> MembershipChange:
    from_product = held.membership_product_id if held else None
    to_product = opened.membership_product_id if opened else None
    ending = opened or held
    assert ending is not None, "a change has a level before or after it"
    carried = ledger.carry_over(
        partner_id=partner_id,
        membership_product_id=to_product,
        origin=f"membership {reason}",
        key=f"membership:{ending.pk}:{'open' if opened else 'end'}",
        at=at,
    )
    stop = opened.membership_stop if opened else None
    payload: dict[str, object] = {
        "partner_id": partner_id,
        "from_product_id": from_product,
        "to_product_id": to_product,
        "membership_id": opened.pk if opened else None,
        "membership_stop": timezone.localtime(stop).isoformat() if stop else None,
        "reason": reason,
    }
    record([Happening("MembershipChanged", f"partner:{partner_id}", payload)], at=at)
    return MembershipChange(
        partner_id=partner_id,
        from_product_id=from_product,
        to_product_id=to_product,
        membership_id=opened.pk if opened else None,
        membership_stop=stop,
        lots_carried=carried,
        changed=True,
    )
