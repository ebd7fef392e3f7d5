"""Those who look at the dashboard: sockets by the hundred, and one browser."""

from __future__ import annotations

import asyncio
import json
import os
import re
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from urllib.parse import urljoin

from websockets.asyncio.client import ClientConnection, connect

AT_ONCE = 20
# Called whenever the number of orders on the page changes: notes when it was painted.
_WATCH = """
() => {
  window.seen = [];
  const shown = document.querySelector('[data-key=orders] strong');
  const note = () => requestAnimationFrame(() =>
    window.seen.push([performance.timeOrigin + performance.now(), shown.textContent]));
  new MutationObserver(note).observe(shown, {childList: true, characterData: true, subtree: true});
}
"""


def number_in(text: str) -> int:
    """Return the number that a tile shows."""
    return int(re.sub(r"\D", "", text))


@dataclass(slots=True)
class Watchers:
    """Open sockets. `seen`: of each, when it heard of how many orders."""

    address: str
    cookie: str
    origin: str
    sockets: list[ClientConnection] = field(default_factory=list)
    seen: list[list[tuple[float, int]]] = field(default_factory=list)
    readers: list[asyncio.Task[None]] = field(default_factory=list)
    _orders: dict[str | bytes, int] = field(default_factory=dict)

    async def open(self, count: int) -> float:
        """Open sockets until there are so many; return the seconds until all know the state."""
        started, gate = time.monotonic(), asyncio.Semaphore(AT_ONCE)

        async def one() -> None:
            async with gate:
                socket = await connect(
                    self.address,
                    additional_headers={"Cookie": self.cookie, "Origin": self.origin},
                    compression=None,
                    ping_interval=None,
                    open_timeout=60,
                )
                heard: list[tuple[float, int]] = [
                    (time.monotonic(), self._count(await socket.recv()))
                ]
            self.sockets.append(socket)
            self.seen.append(heard)
            self.readers.append(asyncio.create_task(self._read(socket, heard)))

        await asyncio.gather(*(one() for _ in range(count - len(self.sockets))))
        return time.monotonic() - started

    async def _read(self, socket: ClientConnection, heard: list[tuple[float, int]]) -> None:
        while True:
            text = await socket.recv()
            heard.append((time.monotonic(), self._count(text)))

    def _count(self, text: str | bytes) -> int:
        """Return the orders of a state; all sockets get the same text, which is read once."""
        found = self._orders.get(text)
        if found is None:
            state = json.loads(text)
            tiles = {one["key"]: one["value"] for one in state.get("tiles", ())}
            found = number_in(tiles["orders"]) if tiles else -1
            if len(self._orders) > 100:
                self._orders.clear()
            self._orders[text] = found
        return found

    def orders(self) -> int:
        """Return the most orders that anybody has heard of."""
        return max(heard[-1][1] for heard in self.seen)

    def still_open(self) -> int:
        """Return how many sockets are open."""
        return sum(not one.done() for one in self.readers)

    async def close(self) -> None:
        """Close all of them."""
        for reader in self.readers:
            reader.cancel()
        await asyncio.gather(*(one.close() for one in self.sockets), return_exceptions=True)


def watch_in_browser(pipe: Connection, page_address: str, cookie: str, chromium: str) -> None:
    """Open the page; say so; when asked, send when it showed how many orders.

    Times are of the machine's monotonic clock.
    """
    from playwright.sync_api import sync_playwright

    name, _, value = cookie.partition("=")
    arguments = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        context = browser.new_context()
        context.add_cookies([{"name": name, "value": value, "url": urljoin(page_address, "/")}])
        page = context.new_page()
        page.goto(page_address)
        page.locator("#board-live", has_text="Live").wait_for(timeout=30_000)
        page.evaluate(_WATCH)
        offset = time.time() - time.monotonic()
        pipe.send("watching")
        pipe.recv()
        seen = page.evaluate("() => window.seen")
        pipe.send([(at / 1000 - offset, number_in(text)) for at, text in seen])
        browser.close()
