"""The pages that describe the API work without any other host."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer


@pytest.mark.django_db(transaction=True)
def test_the_api_page_shows_the_endpoints_and_asks_no_other_host(
    page: Page, live_server: LiveServer
) -> None:
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((live_server.url, "data:", "blob:"))
            else elsewhere.append(request.url)
        ),
    )
    page.goto(f"{live_server.url}/api/docs/")
    expect(page.get_by_text("/api/v1/whoami").first).to_be_visible()
    assert elsewhere == []
