"""What the codes that were entered mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.codes import is_mistyped, normalise
from promotions.engine.amounts import to_e4
from promotions.engine.cart import Cart
from promotions.engine.catalog import Catalog
from promotions.engine.compiled import CompiledProgram
from promotions.engine.terms import Reason
from promotions.engine.wallet import CardFacts, CouponFacts, ReferralFacts, Wallet


class Entry:
    """One code: the programs it leads to, the coupon, card or referral behind it.

    `reason`: why it is worth nothing whatever is in the cart, or None.
    """

    __slots__ = ("card", "coupon", "key", "programs", "reason", "referral")

    def __init__(self, key: str) -> None:
        """Start as a code that nobody knows."""
        self.key = key
        self.programs: Sequence[CompiledProgram] = ()
        self.coupon: CouponFacts | None = None
        self.card: CardFacts | None = None
        self.referral: ReferralFacts | None = None
        self.reason: Reason | None = None


def read_codes(cart: Cart, catalog: Catalog, wallet: Wallet, now: datetime) -> dict[str, Entry]:
    """Return the codes by normalised key, in key order: a rule's code first, then a coupon.

    Then cards (gift cards, e-wallets) and referral codes.
    """
    entries: dict[str, Entry] = {}
    for key in sorted({normalise(code) for code in cart.codes}):
        entry = entries[key] = Entry(key)
        if programs := catalog.by_code(key):
            entry.programs = programs
        elif coupon := wallet.coupons.get(key):
            entry.coupon = coupon
            _read_coupon(entry, coupon, cart, catalog, now)
        elif card := wallet.cards_by_code.get(key):
            entry.card = card
            entry.programs = catalog.by_card(card.loyalty_program_id)
            entry.reason = _card_reason(entry, card, cart, now)
        elif referral := wallet.referrals.get(key):
            entry.referral = referral
            _read_referral(entry, referral, cart, catalog, wallet)
            if any(one.referral and not one.reason for one in entries.values() if one is not entry):
                entry.reason = entry.reason or Reason.NOT_COMBINABLE  # a customer is new once
        else:
            entry.reason = Reason.MISTYPED if is_mistyped(key) else Reason.UNKNOWN
    return entries


def _read_coupon(
    entry: Entry, coupon: CouponFacts, cart: Cart, catalog: Catalog, now: datetime
) -> None:
    program = catalog.compiled.get(coupon.program_id)
    if program is None or coupon.withdrawn:
        entry.reason = Reason.INACTIVE
        return
    entry.programs = (program,)
    if coupon.expires_at is not None and now > coupon.expires_at:
        entry.reason = Reason.EXPIRED
    elif coupon.partner_id is not None and cart.partner_id is None:
        entry.reason = Reason.CUSTOMER_REQUIRED
    elif coupon.partner_id is not None and coupon.partner_id != cart.partner_id:
        entry.reason = Reason.WRONG_CUSTOMER
    elif to_e4(coupon.points) < min((one.required for one in program.rewards), default=0):
        entry.reason = Reason.USED_UP


def _card_reason(entry: Entry, card: CardFacts, cart: Cart, now: datetime) -> Reason | None:
    if not entry.programs or not card.active:
        return Reason.INACTIVE
    if card.expires_at is not None and now > card.expires_at:
        return Reason.EXPIRED
    if card.partner_ids and cart.partner_id is None:
        return Reason.CUSTOMER_REQUIRED
    if card.partner_ids and cart.partner_id not in card.partner_ids:
        return Reason.WRONG_CUSTOMER
    if card.balance <= 0:
        return Reason.USED_UP
    return None


def _read_referral(
    entry: Entry, referral: ReferralFacts, cart: Cart, catalog: Catalog, wallet: Wallet
) -> None:
    entry.programs = catalog.referral_programs
    if not entry.programs:
        entry.reason = Reason.INACTIVE
    elif cart.partner_id is None:
        entry.reason = Reason.CUSTOMER_REQUIRED  # only a known customer can be a new one
    elif cart.partner_id == referral.referrer_id or referral.same_person:
        entry.reason = Reason.SELF_REFERRAL
    elif wallet.has_ordered_before:
        entry.reason = Reason.NOT_A_NEW_CUSTOMER
