"""What axe-core finds wrong with a page: by WCAG 2.2 A and AA, and as good practice."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """Return each violation with the elements it is about."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [
        f"{one['id']}: {[' '.join(map(str, node['target'])) for node in one['nodes']]}"
        for one in found.response["violations"]
    ]
