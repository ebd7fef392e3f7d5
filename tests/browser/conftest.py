"""A real browser for the tests of pages: Chromium, driven by Playwright.

`page` is a desktop window, `phone` a touch screen of 390 x 844. A script error on a page fails
the test that opened it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import MISSING, find_chromium, is_required

# Playwright's synchronous API runs an event loop in this thread, in which Django would refuse its
# database; nothing here is asynchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# Without these, Chromium looks for its maker's servers at every start.
QUIET = "--disable-gpu --disable-quic --no-first-run --disable-background-networking"
QUIET += " --disable-component-update --disable-sync --disable-dev-shm-usage"
# Milliseconds. What is expected is there at once, on a machine with nothing else to do.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give one browser for a file's tests; skip where there is none, or fail if it is required."""
    path = find_chromium()
    if path is None:
        if is_required():
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    arguments = [*QUIET.split(), *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()
        # While the loop runs, Django keeps other connections for this thread than before and after.
        connections.close_all()


@contextmanager
def _window(browser: Browser, width: int, height: int, *, touch: bool) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        has_touch=touch,
        is_mobile=touch,
        locale="en-GB",
        reduced_motion="reduce",  # colours that are on their way can be read by nobody
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Give an empty desktop window."""
    with _window(chromium, 1280, 800, touch=False) as page:
        yield page


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    """Give an empty window of a phone."""
    with _window(chromium, 390, 844, touch=True) as page:
        yield page
