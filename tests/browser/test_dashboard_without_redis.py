"""The live dashboard while Redis is away: the last figures stay, and the page says so."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from config.local_servers import find_programs
from tests.browser.live_process import let_pages_connect, live_process
from tests.browser.test_dashboard import open_board, sell

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Redis:
    """A Valkey that may be stopped and started; it forgets everything."""

    socket: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        program = str(find_programs().valkey_server)
        command = [program, "--port", "0", "--save", "", "--unixsocket", str(self.socket)]
        self.process = subprocess.Popen(
            [*command, "--dir", str(self.socket.parent)], stdout=subprocess.DEVNULL
        )
        for _ in range(200):
            if self.socket.exists():
                return
            time.sleep(0.05)
        raise TimeoutError

    def stop(self) -> None:
        """Stop it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
        self.process = None


@pytest.fixture
def redis(transactional_db: None, settings: Settings) -> Iterator[Redis]:
    """Run the live process on a Valkey of its own, and tell boards through the same one."""
    folder = Path(tempfile.mkdtemp(prefix="punchcard-redis-"))
    server = Redis(folder / "valkey.sock")
    server.start()
    layer: dict[str, Any] = django_settings.CHANNEL_LAYERS["default"]
    hosts = [{**layer["CONFIG"]["hosts"][0], "address": server.url}]
    config = {**layer["CONFIG"], "hosts": hosts}
    settings.CHANNEL_LAYERS = {"default": {**layer, "CONFIG": config}}
    try:
        with live_process(server.url) as port:
            let_pages_connect(settings, port)
            yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def test_without_redis_the_last_figures_stay_and_with_it_they_move_again(
    page: Page, live_server: LiveServer, redis: Redis
) -> None:
    shop = open_board(page, live_server.url)
    state, orders = page.locator("#board-live"), page.locator("[data-key=orders] strong")
    expect(state).to_have_text("Live")
    sell(shop.till, "second")
    expect(orders).to_have_text("2")

    redis.stop()
    expect(state).to_have_text("Last known figures")
    sell(shop.till, "third")  # told to nobody
    expect(orders).to_have_text("2")
    expect(page.locator("#board-feed li").first).to_contain_text("second")
    page.reload()
    expect(orders).to_have_text("3")  # PostgreSQL knows
    expect(state).to_have_text("Last known figures")

    redis.start()
    expect(state).to_have_text("Live")
    expect(orders).to_have_text("3")
    sell(shop.till, "fourth")
    expect(orders).to_have_text("4")
