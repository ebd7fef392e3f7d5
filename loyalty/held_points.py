"""What many cards hold, as lists of cards show it: the rule of `balance_at` for whole pages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from core.fields import PointsField
from loyalty.models import LoyaltyCard, PointMove

_NONE = Value(Decimal(0), output_field=PointsField())


def with_points(cards: QuerySet[LoyaltyCard], at: datetime) -> QuerySet[Any]:
    """Add to each card, as of `at`: `spendable`, below zero what is owed, and `pending`.

    From the active lots, for the rows that are read alone; no statement more. Of the present or
    a time to come: what was spent since is not known to the lots.
    """
    open_cards = Q(active=True) & (Q(expires_at__isnull=True) | Q(expires_at__gt=at))
    lasting = Q(expiration_date__isnull=True) | Q(expiration_date__gt=at)
    found: QuerySet[Any] = cards.annotate(
        spendable=Case(
            When(open_cards, then=_left_on(lasting & Q(available_from__lte=at))),
            default=_NONE,
            output_field=PointsField(),
        )
        - F("debt"),
        pending=_left_on(lasting & Q(available_from__gt=at)),
    )
    return found


def _left_on(lots: Q) -> Coalesce:
    """Return the sum of what is left on these lots of the card."""
    of_card = PointMove.objects.filter(lots, card_id=OuterRef("pk"), state="active").order_by()
    total = of_card.values("card_id").values_list(Sum("remaining_point"))
    return Coalesce(Subquery(total, output_field=PointsField()), _NONE)
