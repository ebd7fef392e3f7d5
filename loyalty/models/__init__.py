"""Members, cards and the points ledger."""

from loyalty.models.card import LoyaltyCard
from loyalty.models.membership import Membership, MembershipLevelPath, MembershipProduct
from loyalty.models.partner import Partner
from loyalty.models.points import ExpiryNotice, PointHistory, PointMove, PointOperation
from loyalty.models.program import LoyaltyProgram

__all__ = [
    "ExpiryNotice",
    "LoyaltyCard",
    "LoyaltyProgram",
    "Membership",
    "MembershipLevelPath",
    "MembershipProduct",
    "Partner",
    "PointHistory",
    "PointMove",
    "PointOperation",
]
