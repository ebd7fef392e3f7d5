"""Members, their cards and their points, to look at; levels and kinds of points, to set up."""

from loyalty.admin.cards import LoyaltyCardAdmin
from loyalty.admin.partners import PartnerAdmin
from loyalty.admin.settings import (
    LoyaltyProgramAdmin,
    MembershipLevelPathAdmin,
    MembershipProductAdmin,
)

__all__ = [
    "LoyaltyCardAdmin",
    "LoyaltyProgramAdmin",
    "MembershipLevelPathAdmin",
    "MembershipProductAdmin",
    "PartnerAdmin",
]
