"""People at the screen: who signs in, and a shop for them to work in."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from playwright.sync_api import Page

from access.services.set_up_roles import set_up_roles
from tests.shop import Shop

PASSWORD = "a-password-of-tests"


def make_user(name: str, *, group: str | None = None) -> User:
    """Make somebody who may use the admin: of a group, or an administrator without one."""
    if group is None:
        return User.objects.create_superuser(name, password=PASSWORD)
    set_up_roles()
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


def sign_in(page: Page, server: str, name: str) -> None:
    """Sign in by the form."""
    page.goto(f"{server}/admin/login/?next=/admin/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{server}/admin/")


def open_shop() -> Shop:
    """Make a store with a few products, a member and a club."""
    shop = Shop(currency="USD")
    for sku, name, price, category in (
        ("ESP", "Espresso", "2.40", "Drinks > Coffee"),
        ("CAP", "Cappuccino", "3.20", "Drinks > Coffee"),
        ("CRO", "Croissant", "2.80", "Bakery"),
        ("BEAN", "House blend 1 kg", "24.00", "Beans"),
    ):
        shop.admin.ok(
            "PUT", f"products/{sku}", {"name": name, "price": price, "category": category}
        )
    return shop


def scrolls_sideways(page: Page) -> bool:
    """Tell whether the page is wider than its window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
