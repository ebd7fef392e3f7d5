"""The refusals of quotes, commits and returns."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import Busy, Conflict, Invalid, Missing, Refused


class PosConfigNotFound(Missing):
    """There is no point of sale with this reference."""

    code = "pos_config_not_found"


class OrderNotFound(Missing):
    """There is no order with this reference."""

    code = "order_not_found"


class UnknownProduct(Refused):
    """The order names products that the catalog does not hold."""

    code = "unknown_product"


class GiftCardInParts(Refused):
    """A gift card is sold in whole units: what is paid for a part would be on no card."""

    code = "gift_card_in_parts"


class UnknownClaim(Refused):
    """The order claims a reward that no program in force offers."""

    code = "unknown_claim"


class ClaimRefused(Refused):
    """A claimed reward cannot be given."""

    code = "claim_refused"

    def __init__(self, receipt: Mapping[str, Any], *, needless: Sequence[bool]) -> None:
        """Take what a quote would answer now; `needless`: which refused claims are no matter."""
        told = zip(receipt["refused_claims"], needless, strict=True)
        claims = [one for one, is_needless in told if not is_needless]
        super().__init__(reason=claims[0]["reason"], claims=claims)
        self.receipt = receipt


class RefRequired(Invalid):
    """An order needs a reference of its own to be committed."""

    code = "ref_required"


class TooLongAgo(Refused):
    """The time of sale of an order lies at most 72 hours back, and at most 5 minutes ahead."""

    code = "at_out_of_range"


class QuoteChanged(Conflict):
    """The total is no longer what the till expected; nothing was written."""

    code = "quote_changed"

    def __init__(self, receipt: Mapping[str, Any], *, expected_total: str) -> None:
        """Take what a quote would answer now."""
        super().__init__(expected_total=expected_total, total=receipt["total"], decision=receipt)
        self.receipt = receipt


class ChargedOutOfRange(Refused):
    """The till cannot have charged this: it is more than its lines cost, or not an amount."""

    code = "charged_total_out_of_range"


class CatalogVersionOutOfRange(Refused):
    """The till's catalog version is unknown, or was replaced too long before the sale."""

    code = "catalog_version_out_of_range"


class OrderRefReused(Conflict):
    """Another order was committed under this reference."""

    code = "idempotency_key_reused"


class ReturnExceedsOrder(Refused):
    """More is returned than was bought and not yet returned."""

    code = "return_exceeds_order"


class OrderAlreadyReturned(Refused):
    """Nothing of the order is left to return."""

    code = "order_already_returned"


class CommitBusy(Busy):
    """Too many orders compete for the same cards, codes or limits; try again."""

    code = "commit_busy"


class UnknownOrderLine(Refused):
    """The order has no line with this line_id."""

    code = "unknown_order_line"
