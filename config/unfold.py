"""The admin's look and its sidebar (django-unfold). Settings import UNFOLD from here."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    """Return whether the signed-in user has the permission, as a sidebar entry asks it."""

    def check(request: HttpRequest) -> bool:
        return request.user.has_perm(permission)

    return check


def _asset(path: str) -> Callable[[HttpRequest], str]:
    """Return the address of a static file, found when the page is drawn."""
    return lambda _request: static(path)


def _entry(title: str | Promise, icon: str, model: str, may: str = "") -> dict[str, Any]:
    """Return a sidebar entry of the list of `model` (`app.model`), shown to who may see it.

    `may`: the permission that is asked for instead.
    """
    app, name = model.split(".")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": _may(may or f"{app}.view_{name}"),
    }


def _is_staff(request: HttpRequest) -> bool:
    """Return whether the user may use the admin at all."""
    return request.user.is_active and getattr(request.user, "is_staff", False)


def _reads_reports(request: HttpRequest) -> bool:
    """Return whether the user may read reports."""
    from access.authentication import caller_of  # settings import this file before any app is up
    from access.caller import Role

    caller = caller_of(request.user)
    return caller is not None and caller.role in (Role.MANAGER, Role.ADMIN)


NAVIGATION: list[dict[str, Any]] = [
    {
        "title": None,
        "items": [
            {"title": _("Home"), "icon": "home", "link": reverse_lazy("admin:index")},
            {
                "title": _("Live dashboard"),
                "icon": "monitoring",
                "link": reverse_lazy("report-dashboard"),
                "permission": _reads_reports,
            },
        ],
    },
    {
        "title": _("Promotions"),
        "separator": True,
        "items": [
            _entry(_("Programs"), "redeem", "promotions.promotionprogram"),
            _entry(_("Coupons"), "confirmation_number", "promotions.coupon"),
            _entry(_("Batches of codes"), "stacks", "promotions.couponbatch"),
            _entry(_("Products"), "shopping_bag", "promotions.product"),
            _entry(_("Categories"), "account_tree", "promotions.category"),
        ],
    },
    {
        "title": _("Members"),
        "separator": True,
        "items": [
            _entry(_("Members"), "group", "loyalty.partner"),
            _entry(_("Cards"), "credit_card", "loyalty.loyaltycard"),
            _entry(_("Levels"), "military_tech", "loyalty.membershipproduct"),
            _entry(_("Level paths"), "stairs", "loyalty.membershiplevelpath"),
            _entry(_("Kinds of points"), "stars", "loyalty.loyaltyprogram"),
        ],
    },
    {
        "title": _("Sales"),
        "separator": True,
        "items": [
            _entry(_("Orders"), "receipt_long", "promotions.order"),
            _entry(_("Points of sale"), "storefront", "promotions.posconfig"),
            {
                "title": _("Demo till"),
                "icon": "point_of_sale",
                "link": reverse_lazy("till"),
                "permission": _is_staff,
            },
        ],
    },
    {
        "title": _("Administration"),
        "separator": True,
        "collapsible": True,
        "items": [
            _entry(_("Users"), "person", "auth.user"),
            _entry(_("Groups"), "shield_person", "auth.group"),
            _entry(_("API tokens"), "key", "access.grant"),
            _entry(_("Jobs"), "pending_actions", "jobs.job"),
            _entry(
                _("Start an import"), "upload_file", "imports.askedimport", "imports.start_import"
            ),
            _entry(_("Imports"), "move_to_inbox", "imports.importrun"),
            _entry(_("Imported rows"), "rule", "imports.importedrow"),
            _entry(_("Event log"), "history", "events.event"),
            {
                "title": _("Operations"),
                "icon": "monitor_heart",
                "link": reverse_lazy("operations"),
                "permission": _may("events.view_consumerposition"),
            },
            _entry(_("Dead letters"), "running_with_errors", "events.deadletter"),
            _entry(_("Webhooks"), "webhook", "events.webhookendpoint"),
            _entry(_("Webhook deliveries"), "outbox", "events.webhookdelivery"),
        ],
    },
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Punchcard",
    "SITE_HEADER": "Punchcard",
    "SITE_SUBHEADER": _("Promotions and loyalty"),
    "SITE_URL": reverse_lazy("till"),
    "SITE_ICON": _asset("punchcard/mark.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": _asset("punchcard/mark.svg")}
    ],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "8px",
    "DASHBOARD_CALLBACK": "promotions.admin.landing.add_landing_tiles",
    "STYLES": [
        _asset("punchcard/admin/admin.css"),
        _asset("punchcard/admin/pages.css"),
        _asset("punchcard/admin/operations.css"),
    ],
    "SCRIPTS": [_asset("punchcard/admin/names.js")],
    "SIDEBAR": {"show_search": True, "navigation": NAVIGATION},
    # A deep green-blue: white on its 600 keeps a contrast above 4.5 to 1, and it is neither the
    # red of an error nor the green of success.
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% .014 190)",
            "100": "oklch(94% .036 190)",
            "200": "oklch(88.5% .066 190)",
            "300": "oklch(82% .096 190)",
            "400": "oklch(75% .115 190)",
            "500": "oklch(64% .108 192)",
            "600": "oklch(52% .092 195)",
            "700": "oklch(45% .08 196)",
            "800": "oklch(39% .066 197)",
            "900": "oklch(33% .054 198)",
            "950": "oklch(25% .042 200)",
        },
    },
}
