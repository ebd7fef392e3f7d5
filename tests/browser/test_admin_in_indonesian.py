"""Every list, form and page of the admin in Indonesian: no label, column or choice is English."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.browser.test_every_page import lists, pages_in_use

pytestmark = pytest.mark.django_db
EMPTY = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
#: What these hold is no text of ours: scripts, and what somebody typed or a table tells.
SILENT = {"code", "pre", "script", "style", "svg", "td", "textarea"}
SAID = ("alt", "aria-label", "placeholder", "title")
WORD = re.compile(r"[A-Za-z]{2}")
#: Words that are the same in Indonesian, names of languages, products and programs.
WORDS = {
    *("Admin", "Administrator", "Bahasa Indonesia", "CSV", "Email", "English", "Excel"),
    *("PostgreSQL", "Program", "Punchcard", "Redis", "SKU", "Status", "Subtotal", "Total"),
    *("USD", "Webhook", "celery", "en", "esc", "id"),
}
#: What the shop of the tests named itself, as it is and as a page's title begins.
NAMES = {
    *("Ann", "BEAN", "Bakery", "Bean days", "Beans", "CUP", "Cappuccino", "Club", "Croissant"),
    *("Drinks", "Drinks > Coffee", "ESP", "Espresso", "House blend 1 kg", "Main street", "More"),
    *("Shop", "Small change", "TEA", "Tea", "club-ann", "files", "first", "main", "name"),
    *("products", "products.csv", "root", "root-2", "till", "20% off selected products"),
    "$0.10 off the order",
}
#: What parts the names, instants and keys of one text.
BETWEEN = re.compile(r"\s*[|:,()\u00b7\u2013]\s*")
#: Instants, numbers, tokens, and names of consumers and events, with a number behind a name.
MADE_UP = re.compile(
    r"\d+|\d\d? [A-Z][a-z]+\.?( \d{4})?|[0-9a-f]{15}\u2026"
    r"|(broadcast|webhooks|report_facts|[A-Z][a-z]+(Published|Created|Earned|Applied))( \w+)?",
    re.IGNORECASE,
)
#: Names that an app of others gives in English alone.
OF_OTHERS = re.compile(r"Knox \| auth token \| Can (add|change|delete|view) auth token")


class Texts(HTMLParser):
    """Collects what a page says of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what an element says by its attributes."""
        given = dict(attrs)
        for name in SAID:
            self._take(given.get(name))
        if tag not in EMPTY:
            icon = "material-symbols" in (given.get("class") or "")
            self._open.append((tag, icon or tag in SILENT))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and what was left open in it."""
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        """Take a text that is for people."""
        if not any(silent for _tag, silent in self._open):
            self._take(data)

    def _take(self, text: str | None) -> None:
        said = " ".join((text or "").split())
        if WORD.search(said):
            self.found.add(said)


def texts(client: Client, address: str, language: str) -> set[str]:
    """Return what a page says."""
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200, address
    page = Texts()
    page.feed(answer.getvalue().decode())
    return page.found


def forms() -> list[str]:
    """Return the page to add and to change each kind of thing that has one."""
    found = []
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        key = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
        found += [reverse(f"{name}_change", args=[key])] if key is not None else []
    return found


def is_the_same(text: str) -> bool:
    """Tell whether a text is the same in both languages."""
    if text in WORDS or OF_OTHERS.fullmatch(text):
        return True
    names = {one.lower() for one in NAMES | WORDS}
    pieces = [one for one in BETWEEN.split(text) if one]
    return all(
        MADE_UP.fullmatch(one) or re.sub(r" \d+$", "", one.lower()) in names for one in pieces
    )


def test_nothing_of_ours_is_left_in_english(tmp_path: Path) -> None:
    addresses = {*pages_in_use(tmp_path), *lists(), *forms()}
    client = Client()
    client.force_login(User.objects.create_superuser("root-2"))
    left: dict[str, str] = {}
    for address in sorted(addresses):
        both = texts(client, address, "en") & texts(client, address, "id")
        left |= {text: address for text in both if not is_the_same(text)}
    assert left == {}


def test_a_text_that_was_forgotten_is_found() -> None:
    page = Texts()
    page.feed(
        '<th>Issued by</th><td>Bob</td><th>First name</th><img alt="A chart"><script>var x</script>'
    )
    assert {text for text in page.found if not is_the_same(text)} == {
        "Issued by",
        "First name",
        "A chart",
    }
