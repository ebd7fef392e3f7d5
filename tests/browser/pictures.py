"""The pictures of the README and the docs, of the demo shop as it runs: `make pictures`.

`make run` has to be going, with the same PORT. The shop is the same for everybody, so pictures
differ from one time to the next by days and by what was changed in it.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import MISSING, find_chromium

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "images"
MOST_BYTES = 250_000
WIDE, HIGH = 1280, 900


def main() -> int:
    """Take all pictures. Return 1 where there is no browser or a picture is too large."""
    path = find_chromium()
    if path is None:
        print(MISSING, flush=True)
        return 1
    server = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
    passwords, token = _logins()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        _dashboard(_signed_in(browser, server, "manager", passwords["manager"]), server)
        _program(_signed_in(browser, server, "admin", passwords["admin"]), server)
        _till(_window(browser), server, token)
        browser.close()
    heavy = [one.name for one in FOLDER.glob("*.png") if one.stat().st_size > MOST_BYTES]
    if heavy:
        print(f"Larger than {MOST_BYTES} bytes: {', '.join(heavy)}", flush=True)
    return 1 if heavy else 0


def _logins() -> tuple[dict[str, str], str]:
    """Return the demo shop's passwords by name, and the token of its first till."""
    os.environ.setdefault("LOCAL", "on")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from demo.shop.accounts import read_accounts

    accounts = read_accounts()
    if accounts is None:
        raise SystemExit("There is no demo shop here. Start it: make run")
    return dict(accounts.passwords), next(iter(accounts.till_tokens.values()))


def _window(browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": WIDE, "height": HIGH}, locale="en-GB")
    page.set_default_timeout(20_000)
    return page


def _signed_in(browser: Browser, server: str, name: str, password: str) -> Page:
    page = _window(browser)
    page.goto(f"{server}/admin/login/?next=/admin/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{server}/admin/")
    return page


def _keep(page: Page, name: str) -> None:
    page.evaluate("document.fonts.ready")
    page.screenshot(path=FOLDER / name)
    print(f"{name}: {(FOLDER / name).stat().st_size:,} bytes", flush=True)


def _dashboard(page: Page, server: str) -> None:
    page.set_viewport_size({"width": WIDE, "height": 1010})
    page.goto(f"{server}/admin/reports/?period=month")
    expect(page.locator("#board-live")).to_have_text("Live")
    _keep(page, "dashboard.png")


def _program(page: Page, server: str) -> None:
    page.set_viewport_size({"width": WIDE, "height": 1180})
    page.goto(f"{server}/admin/promotions/promotionprogram/")
    page.get_by_role("link", name=re.compile("Bakery happy hour")).click()
    expect(page.locator("#program-sentence")).to_be_visible()
    _keep(page, "admin-program.png")


def _till(page: Page, server: str, token: str) -> None:
    page.goto(f"{server}/till/#token={token}")
    page.fill("#member", "member-0001")
    page.press("#member", "Enter")
    expect(page.locator("#member-card")).to_contain_text("points")
    for aisle, product, times in (
        ("Drinks", "Decaf beans 250 g", 3),
        ("Household", "Coffee mug", 1),
        ("Bakery", "Croissant", 3),
    ):
        page.get_by_role("button", name=aisle, exact=True).click()
        for _time in range(times):
            page.get_by_role("button", name=re.compile(product)).first.click()
    expect(page.locator("#totals .grand")).to_be_visible()
    page.get_by_role("button", name="Claim").first.click()
    page.wait_for_timeout(1_500)  # the last quote is on its way
    _keep(page, "till.png")


if __name__ == "__main__":
    sys.exit(main())
