"""What the loyalty app refuses."""

from core.errors import Conflict, Invalid, Missing, Refused


class PartnerNotFound(Missing):
    """There is no member with this reference."""

    code = "partner_not_found"


class CardNotFound(Missing):
    """There is no such card."""

    code = "card_not_found"


class LoyaltyProgramNotFound(Missing):
    """There is no such kind of points."""

    code = "loyalty_program_not_found"


class MembershipProductNotFound(Missing):
    """There is no such membership level."""

    code = "membership_product_not_found"


class PointOperationNotFound(Missing):
    """There is no such point operation."""

    code = "point_operation_not_found"


class InsufficientPoints(Refused):
    """The card does not hold enough points that can be spent."""

    code = "insufficient_points"


class CardInactive(Refused):
    """The card is blocked."""

    code = "card_inactive"


class CardExpired(Refused):
    """The card has expired."""

    code = "card_expired"


class CardDoesNotAddUp(Refused):
    """The points on a card do not add up, so it is used no further: leave it out, call staff."""

    code = "card_does_not_add_up"


class SameCard(Invalid):
    """Points cannot go to the card they come from."""

    code = "same_card"


class CardsOfDifferentKinds(Refused):
    """The cards hold different kinds of points."""

    code = "cards_of_different_kinds"


class PointOperationNotReversible(Refused):
    """Only earning, redeeming and adjusting can be reversed."""

    code = "point_operation_not_reversible"


class ReversalExceedsOperation(Refused):
    """More was to be reversed than is left of the operation."""

    code = "reversal_exceeds_operation"


class InvalidPoints(Invalid):
    """Points must be a number above zero and below ten thousand million."""

    code = "invalid_points"


class PointsTooPrecise(Invalid):
    """The points have more decimals than this kind of points keeps."""

    code = "points_too_precise"


class InvalidText(Invalid):
    """A text is empty or longer than can be kept."""

    code = "invalid_text"


class InstantWithoutZone(Invalid):
    """An instant needs a time zone."""

    code = "instant_without_zone"


class ExpiryInThePast(Invalid):
    """Points cannot be gained that have expired already."""

    code = "expiry_in_the_past"


class InvalidCardCode(Invalid):
    """A card's code has 1 to 64 characters, not only spaces and dashes."""

    code = "invalid_card_code"


class CardCodeTaken(Conflict):
    """Another card has this code."""

    code = "card_code_taken"


class CardAlreadyHeld(Conflict):
    """The member has an active card of this kind of points already."""

    code = "card_already_held"


class CardBelongsElsewhere(Conflict):
    """The card belongs to another member or another kind of points."""

    code = "card_belongs_elsewhere"


class InvalidLoyaltyProgram(Invalid):
    """These settings of a kind of points do not go together."""

    code = "invalid_loyalty_program"


class PointDecimalsInUse(Conflict):
    """Cards hold points with more decimals than that."""

    code = "point_decimals_in_use"


class ProgramsCountFiner(Conflict):
    """Programs in force count these points finer; pause, change the points, publish again."""

    code = "programs_count_finer"


class InvalidLevelPath(Invalid):
    """These settings of a level path do not go together."""

    code = "invalid_level_path"
