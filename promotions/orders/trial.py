"""What a trial is asked, and the world it is decided in: the shop with one program changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _
from msgspec import UNSET, Struct, UnsetType

from core.numbers import PlainDecimal
from loyalty import queries as loyalty_queries
from promotions.catalog_store import Snapshot
from promotions.engine.catalog import Catalog
from promotions.engine.definition import Program
from promotions.engine.wallet import CardFacts, CouponFacts
from promotions.orders.intake import Intake
from promotions.orders.request import OrderRequest, refuse
from promotions.programs.body import ProgramBody
from promotions.programs.faults import POSITIVE, number_fault

#: Stands for a coupon or card that was not issued; generated codes are longer, so none clashes.
TRIAL_CODE = "TRY"
TRIAL_KEY = "TRY"
_NO_ROW = -1


class TrialCoupon(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A coupon or card of the program, as if it had been issued. `points`: what it holds."""

    points: PlainDecimal | None = None


class TrialRequest(OrderRequest, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A basket to try a program on.

    `draft`: changes that are not saved. `alone`: without the other programs in force. `coupon`:
    decide as if one of the program were shown.
    """

    draft: ProgramBody | UnsetType = UNSET
    alone: bool = False
    coupon: TrialCoupon | None = None


def changed_by(program: Program, *, alone: bool) -> Callable[[Snapshot], Snapshot]:
    """Return what puts the program into a snapshot, beside the others in force or alone."""

    def change(snapshot: Snapshot) -> Snapshot:
        version = snapshot.version
        catalog = (
            Catalog.build([program], version)
            if alone
            else snapshot.catalog.changed([program], (), version)
        )
        points: Mapping[int, str] = snapshot.points_refs
        if program.loyalty_program_id is not None:
            points = {**points, **loyalty_queries.program_refs({program.loyalty_program_id})}
        refs = {one.ref: key for key, one in catalog.programs.items() if one.ref}
        return replace(snapshot, catalog=catalog, points_refs=points, program_ids_by_ref=refs)

    return change


def check_coupon(program: Program, coupon: TrialCoupon) -> None:
    """Refuse what could not be issued. Raises: InvalidOrder."""
    points, pointer = coupon.points, "/coupon/points"
    if points is None:
        return
    fault = number_fault(pointer, points, POSITIVE)
    if fault is not None:
        refuse(pointer, fault.detail, code=fault.code)
    if program.is_payment and points != round(points, program.point_decimals):
        detail = _("The loyalty program keeps %(digits)s decimals of a point.")
        refuse(pointer, detail % {"digits": program.point_decimals}, code="too_precise")


def with_coupon(intake: Intake, program: Program, coupon: TrialCoupon) -> Intake:
    """Return the intake as if a coupon or card of the program had been shown."""
    wallet, cart = intake.wallet, intake.cart
    if program.is_payment:
        assert program.loyalty_program_id is not None  # nothing without is complete
        points = coupon.points if coupon.points is not None else Decimal(0)
        card = CardFacts(_NO_ROW, TRIAL_CODE, program.loyalty_program_id, points)
        wallet = replace(wallet, cards_by_code={**wallet.cards_by_code, TRIAL_KEY: card})
    else:
        least = min((one.required_points for one in program.rewards), default=Decimal(1))
        points = coupon.points if coupon.points is not None else least
        shown = CouponFacts(_NO_ROW, TRIAL_CODE, program.id, points)
        wallet = replace(wallet, coupons={**wallet.coupons, TRIAL_KEY: shown})
    return replace(intake, wallet=wallet, cart=replace(cart, codes=(*cart.codes, TRIAL_CODE)))
