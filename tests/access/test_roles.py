"""What the groups of the admin may do."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from access.services.set_up_roles import set_up_roles


def permissions(group: str) -> set[str]:
    held = Group.objects.get(name=group).permissions.select_related("content_type")
    return {f"{one.content_type.app_label}.{one.codename}" for one in held}


@pytest.mark.django_db
def test_setting_up_twice_changes_nothing() -> None:
    call_command("set_up_roles", stdout=StringIO())
    before = permissions("marketing"), permissions("manager")
    set_up_roles()
    assert (permissions("marketing"), permissions("manager")) == before


@pytest.mark.django_db
def test_managers_see_and_change_nothing() -> None:
    set_up_roles()
    held = permissions("manager")
    assert {"promotions.view_order", "loyalty.view_partner"} <= held
    assert all(one.split(".")[1].startswith("view_") for one in held)
    assert {one.split(".")[0] for one in held} <= {"imports", "loyalty", "promotions", "reporting"}


@pytest.mark.django_db
def test_marketing_edits_programs_and_members_but_never_points_or_orders() -> None:
    set_up_roles()
    held = permissions("marketing")
    assert {
        "promotions.add_promotionprogram",
        "promotions.change_promotionprogram",
        "promotions.delete_promotionrule",
        "promotions.add_coupon",
        "loyalty.change_partner",
        "loyalty.add_loyaltyprogram",
    } <= held
    written = {one for one in held if not one.split(".")[1].startswith("view_")}
    kept_from = ("pointmove", "pointhistory", "pointoperation", "loyaltycard", "order", "version")
    assert not [one for one in written if one.split("_")[-1] in kept_from or "order" in one]
    assert "promotions.delete_promotionprogram" not in held
    assert not [one for one in held if one.split(".")[0] in ("auth", "knox", "access")]


@pytest.mark.django_db
def test_setting_up_gives_back_what_is_missing_and_takes_what_is_too_much() -> None:
    set_up_roles()
    before = permissions("manager")
    too_much = Permission.objects.get(codename="delete_user")
    Group.objects.get(name="manager").permissions.set([too_much])
    set_up_roles()
    assert permissions("manager") == before
