"""The first page of the admin: what matters today, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty.models import Partner, PointOperation
from promotions import wording
from promotions.admin.program_list import describe_all
from promotions.models import Order, Product, PromotionProgram

ENDING_SOON = timedelta(days=7)
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with its name and the page behind it."""

    title: str | Promise
    icon: str
    value: str
    note: str
    link: str
    alert: bool = False


def add_landing_tiles(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what the user may see: tiles, programs that end soon, the last orders, next steps."""
    tiles: list[Tile] = []
    if request.user.has_perm("promotions.view_promotionprogram"):
        tiles += _program_tiles()
        context["ending"] = _ending_soon()
    if request.user.has_perm("promotions.view_order"):
        tiles.append(_orders_today())
        context["last_orders"] = _last_orders()
        context["sees_orders"] = True
    if request.user.has_perm("loyalty.view_partner"):
        tiles += _member_tiles()
    context["tiles"] = tiles
    context["next_step"] = _next_step(request)
    return context


def _program_tiles() -> list[Tile]:
    """Return how many programs are live, drafted and about to end; one statement."""
    now = timezone.now()
    in_time = (Q(date_from=None) | Q(date_from__lte=now)) & (Q(date_to=None) | Q(date_to__gte=now))
    live = Q(state="published") & in_time
    counts = PromotionProgram.objects.aggregate(
        live=Count("pk", filter=live),
        waiting=Count("pk", filter=Q(state="published", date_from__gt=now)),
        drafts=Count("pk", filter=Q(state="draft")),
        paused=Count("pk", filter=Q(state="paused")),
        ending=Count("pk", filter=live & Q(date_to__lte=now + ENDING_SOON)),
    )
    programs = reverse("admin:promotions_promotionprogram_changelist")
    return [
        Tile(
            _("Programs live"),
            "redeem",
            str(counts["live"]),
            ngettext("%(count)s starts later", "%(count)s start later", counts["waiting"])
            % {"count": counts["waiting"]}
            if counts["waiting"]
            else _("in force at this moment"),
            f"{programs}?state__exact=published",
        ),
        Tile(
            _("Drafts"),
            "edit_note",
            str(counts["drafts"]),
            ngettext("%(count)s paused", "%(count)s paused", counts["paused"])
            % {"count": counts["paused"]},
            f"{programs}?state__exact=draft",
        ),
        Tile(
            _("Ending soon"),
            "timer",
            str(counts["ending"]),
            _("within seven days"),
            f"{programs}?state__exact=published",
            alert=bool(counts["ending"]),
        ),
    ]


def _ending_soon() -> list[dict[str, Any]]:
    """Return the live programs that end first."""
    now = timezone.now()
    rows = list(
        PromotionProgram.objects.filter(
            state="published", date_to__gte=now, date_to__lte=now + ENDING_SOON
        )
        .select_related("current_version")
        .order_by("date_to", "pk")[:SHOWN]
    )
    described = describe_all(rows) if rows else {}
    return [
        {
            "name": row.name,
            "sentence": described[row.pk].sentence,
            "day": wording.day(row.date_to) if row.date_to else "",
            "link": reverse("admin:promotions_promotionprogram_change", args=[row.pk]),
        }
        for row in rows
    ]


def _orders_today() -> Tile:
    """Return the orders since midnight; totals by currency, never added across currencies."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    sold = (
        Order.objects.filter(ordered_at__gte=midnight)
        .order_by()
        .values("currency")
        .annotate(orders=Count("pk"), amount=Sum("total"), off=Sum("discount_total"))
        .order_by("currency")
    )
    rows = list(sold)
    note = " · ".join(
        _("%(total)s, discount %(off)s")
        % {
            "total": wording.money(row["amount"], row["currency"]),
            "off": wording.money(row["off"], row["currency"]),
        }
        for row in rows
    )
    return Tile(
        _("Orders today"),
        "receipt_long",
        wording.number(Decimal(sum(row["orders"] for row in rows))),
        note or _("none yet"),
        reverse("admin:promotions_order_changelist"),
    )


def _last_orders() -> list[dict[str, Any]]:
    """Return the newest orders."""
    rows = Order.objects.defer("evaluation").select_related("pos_config").order_by("-id")[:SHOWN]
    return [
        {
            "ref": row.ref,
            "store": row.pos_config.name,
            "at": row.ordered_at,
            "zone": row.pos_config.time_zone,
            "total": wording.money(row.total, row.currency),
            "off": wording.money(-row.discount_total, row.currency) if row.discount_total else "",
            "link": reverse("admin:promotions_order_change", args=[row.pk]),
        }
        for row in rows
    ]


def _member_tiles() -> list[Tile]:
    """Return how many members there are and the points earned since midnight."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = Q(transaction_time__gte=midnight)
    moved = PointOperation.objects.filter(today).aggregate(
        earned=Sum("points", filter=Q(kind="earn")),
        spent=Sum("points", filter=Q(kind="redeem")),
    )
    new = Partner.objects.filter(created_at__gte=midnight).count()
    members = reverse("admin:loyalty_partner_changelist")
    return [
        Tile(
            _("Members"),
            "group",
            wording.number(Decimal(Partner.objects.count())),
            ngettext("%(count)s new today", "%(count)s new today", new)
            % {"count": wording.number(Decimal(new))},
            members,
        ),
        Tile(
            _("Points issued today"),
            "stars",
            wording.number(moved["earned"] or Decimal(0)),
            _("%(points)s spent") % {"points": wording.number(abs(moved["spent"] or Decimal(0)))},
            members,
        ),
    ]


def _next_step(request: HttpRequest) -> dict[str, str] | None:
    """Return what an empty shop should do first, as far as the user may."""
    if request.user.has_perm("promotions.add_product") and not Product.objects.exists():
        return {
            "text": _(
                "There are no products yet. Add some here, or let your shop system send them."
            ),
            "button": _("Add a product"),
            "link": reverse("admin:promotions_product_add"),
        }
    wants = request.user.has_perm("promotions.add_promotionprogram")
    if wants and not PromotionProgram.objects.exists():
        return {
            "text": _("There is no program yet. Begin with one that shops ask for most."),
            "button": _("Make the first program"),
            "link": reverse("admin:promotions_promotionprogram_add"),
        }
    return None
