"""What marketing staff and managers may do in the admin."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from access.caller import Role

# What marketing staff make and change; what only the ledger and the tills write they just see.
_EDITED_BY_MARKETING = {
    "loyalty": ("loyaltyprogram", "membershipproduct", "membershiplevelpath", "partner"),
    "promotions": (
        "promotionprogram",
        "promotionrule",
        "promotionreward",
        "promotionsetslot",
        "promotionstep",
        "coupon",
        "product",
        "category",
    ),
}
# Parts of a program's draft, removed on its page; nothing else is ever deleted in the admin.
_DELETED_BY_MARKETING = (
    "promotionrule",
    "promotionreward",
    "promotionsetslot",
    "promotionstep",
)
_SEEN = ("loyalty", "promotions", "reporting", "imports")


@dataclass(frozen=True, slots=True)
class RolesSetUp:
    """How many permissions each group has now."""

    permissions: Mapping[str, int]


def set_up_roles() -> RolesSetUp:
    """Make the groups "marketing" and "manager" and give them exactly their permissions.

    Managers see everything of the shop and change nothing. Run after migrations; running it
    again changes nothing. What a shop grants beyond it belongs into a group of its own.
    Raises: nothing of its own.
    Writes: auth_group, auth_group_permissions.
    Safe under: concurrency; both writers set the same permissions.
    """
    seen = Q(content_type__app_label__in=_SEEN, codename__startswith="view_")
    edited = Q()
    for app, models in _EDITED_BY_MARKETING.items():
        names = [f"{verb}_{model}" for model in models for verb in ("add", "change")]
        edited |= Q(content_type__app_label=app, codename__in=names)
    published = Q(content_type__app_label="promotions", codename="publish_promotionprogram")
    deleted = Q(
        content_type__app_label="promotions",
        codename__in=[f"delete_{model}" for model in _DELETED_BY_MARKETING],
    )
    wanted = {Role.MARKETING: seen | edited | deleted | published, Role.MANAGER: seen}
    counts = {}
    with transaction.atomic():
        for role, condition in wanted.items():
            group, _new = Group.objects.get_or_create(name=role.value)
            held = list(Permission.objects.filter(condition))
            group.permissions.set(held)
            counts[role.value] = len(held)
    return RolesSetUp(counts)
