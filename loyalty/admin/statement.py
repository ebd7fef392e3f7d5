"""The points of a member or a card, as a bank would print them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.datasets import BaseDataset
from unfold.decorators import display

from access.admin.numbers import shown
from access.admin.read_only import ReadOnlyAdmin
from loyalty.models import PointHistory, PointMove

KIND_COLOURS = {
    "earn": "success",
    "redeem": "info",
    "expire": "warning",
    "reverse": "danger",
    "adjust": "warning",
}


def held_points(card: Any) -> str:
    """Return what can be spent of a card of `with_points`, with the unit, and what is pending."""
    spendable = f"{shown(card.spendable)} {card.loyalty_program.unit}"
    if not card.pending:
        return spendable
    told = {"points": spendable, "pending": shown(card.pending)}
    return gettext("%(points)s, %(pending)s pending") % told


class OfAPage(ReadOnlyAdmin):
    """Rows that belong to the member or card whose page they are on; newest first."""

    owner = "card"
    extra_context: dict[str, Any]
    list_per_page = 20
    show_full_result_count = False
    list_display_links: Any = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows of this page's object alone."""
        owner = self.extra_context.get("object")
        rows: QuerySet[Any] = super().get_queryset(request)
        if owner is None or not str(owner).isdigit():
            return rows.none()
        return rows.filter(**{self.owner: int(owner)})


class StatementAdmin(OfAPage):
    """Journal rows: what moved, when, why, and the balance after it."""

    list_display: tuple[str, ...] = ("transaction_time", "what", "amount", "balance", "origin")
    # To nowhere, as the journal has no pages: only so has the column its name on a phone.
    list_display_links = ("transaction_time",)
    # As it was written, and not by time: each balance is the one below it and the row's own points.
    ordering = ("-sequence", "-id")

    @display(description=_("kind"), label=KIND_COLOURS)
    def what(self, row: PointHistory) -> tuple[str, str]:
        """Return the kind of movement with its colour."""
        return row.kind, row.get_kind_display()

    @display(description=_("points"))
    def amount(self, row: PointHistory) -> str:
        """Return the signed points."""
        return f"+{shown(row.points_amount)}" if row.points_amount > 0 else shown(row.points_amount)

    @display(description=_("balance"))
    def balance(self, row: PointHistory) -> str:
        """Return the balance after the movement."""
        return shown(row.points_balance)


class PartnerStatementAdmin(StatementAdmin):
    """The journal of all cards of one member."""

    owner = "card__partner"
    list_display = (*StatementAdmin.list_display, "card")
    list_select_related = ("card",)
    ordering = ("-transaction_time", "-sequence")


class LotsAdmin(OfAPage):
    """Lots of points with what is left of each and when it expires."""

    list_display = ("gain_date", "state", "left", "initial", "available_from", "expiration_date")
    list_display_links = ("gain_date",)
    ordering = ("expiration_date", "gain_date", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the card's lots; by its journal, as there is no index of empty lots by card."""
        card = str(self.extra_context.get("object"))
        known = PointHistory.objects.filter(card_id=int(card) if card.isdigit() else 0)
        return super().get_queryset(request).filter(pk__in=known.values("move_id"))

    @display(description=_("left"))
    def left(self, lot: PointMove) -> str:
        """Return the points left."""
        return shown(lot.remaining_point)

    @display(description=_("gained points"))
    def initial(self, lot: PointMove) -> str:
        """Return the points gained."""
        return shown(lot.initial_point)


class CardStatement(BaseDataset):
    """The journal on a card's page."""

    model = PointHistory
    model_admin = StatementAdmin
    tab = True
    title = _("Points statement")


class PartnerStatement(BaseDataset):
    """The journal on a member's page."""

    model = PointHistory
    model_admin = PartnerStatementAdmin
    tab = True
    title = _("Points statement")


class CardLots(BaseDataset):
    """The lots on a card's page."""

    model = PointMove
    model_admin = LotsAdmin
    tab = True
    title = _("Lots and expiry")
