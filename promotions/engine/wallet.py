"""What the database knows and the engine may not look up, as of the instant of the decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CardFacts:
    """A points card, gift card or e-wallet. `balance`: what can be spent now."""

    id: int
    code: str
    loyalty_program_id: int
    balance: Decimal
    partner_ids: frozenset[int] = frozenset()
    active: bool = True
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CouponFacts:
    """A coupon behind an entered code; `points` is what is left on it."""

    id: int
    code: str
    program_id: int
    points: Decimal
    partner_id: int | None = None
    expires_at: datetime | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class UsageFacts:
    """How much of a program's limits is gone. `amount`: money given so far, in major units."""

    times: int = 0
    times_by_partner: int = 0
    amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """The owner of an entered referral code; it is good for every referral program in force.

    `same_person`: the referrer and the customer share a card, an email or a phone.
    """

    code: str
    referrer_id: int
    same_person: bool = False


@dataclass(frozen=True, slots=True)
class Wallet:
    """Everything about the partner and the entered codes.

    `membership_id`: the MembershipProduct held now. `cards`: the partner's own. Keys of the
    other maps are normalised codes, of `usage` program ids. `has_ordered_before`: whether the
    partner is no new customer.
    """

    membership_id: int | None = None
    cards: tuple[CardFacts, ...] = ()
    cards_by_code: Mapping[str, CardFacts] = field(default_factory=dict)
    coupons: Mapping[str, CouponFacts] = field(default_factory=dict)
    referrals: Mapping[str, ReferralFacts] = field(default_factory=dict)
    usage: Mapping[int, UsageFacts] = field(default_factory=dict)
    has_ordered_before: bool = False


EMPTY_WALLET = Wallet()
