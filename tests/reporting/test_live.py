"""The live dashboard over its WebSocket: who may look, what they get, and how often."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.test import Client

from access.services.set_up_roles import set_up_roles
from config.asgi import application
from reporting import live
from reporting.board import BoardAsked, draw_board
from reporting.live import tell_boards
from tests.reporting.conftest import ReportedShop

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/ws/reports/dashboard"
PATIENCE_SECONDS = 60


def cookie_of(group: str | None) -> str:
    """Sign somebody of a group in; return the cookie of the session."""
    set_up_roles()
    user = User.objects.create_user(f"of-{group}", is_staff=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


class Socket(ApplicationCommunicator):
    """One WebSocket to the application, as a browser opens it."""

    def __init__(
        self, cookie: str, query: str = "period=today", origin: str = "http://localhost"
    ) -> None:
        scope = {
            "type": "websocket",
            "path": ADDRESS,
            "query_string": query.encode(),
            "headers": [(b"cookie", cookie.encode()), (b"origin", origin.encode())],
            "subprotocols": [],
        }
        super().__init__(application, scope)

    async def connect(self) -> int | None:
        """Open it; return None, or the code it was closed with."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(timeout=PATIENCE_SECONDS)
        return None if answer["type"] == "websocket.accept" else answer.get("code", 1000)

    async def told(self) -> dict[str, Any]:
        """Return the next state."""
        answer = await self.receive_output(timeout=PATIENCE_SECONDS)
        state: dict[str, Any] = orjson.loads(answer["text"])
        return state

    async def disconnect(self) -> None:
        """Close it."""
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=PATIENCE_SECONDS)


def run(talk: Callable[[], Awaitable[None]]) -> None:
    async_to_sync(talk)()


def tile(state: dict[str, Any], key: str) -> str:
    (value,) = [one["value"] for one in state["tiles"] if one["key"] == key]
    return str(value)


def test_a_manager_sees_the_present_and_then_every_change(shop: ReportedShop) -> None:
    shop.sell("one", ["tea"], partner="ann")
    shop.load()
    cookie = cookie_of("manager")

    async def talk() -> None:
        one = Socket(cookie)
        assert await one.connect() is None
        state = await one.told()
        assert state["live"]
        assert (tile(state, "sales"), tile(state, "orders")) == ("$18.00", "1")
        await sync_to_async(shop.sell)("two", ["cup"])
        await sync_to_async(shop.load)()
        await asyncio.to_thread(tell_boards)  # as another process does, in a loop of its own
        while tile(state := await one.told(), "orders") != "2":
            pass
        assert tile(state, "sales") == "$28.00"
        assert [row["ref"] for row in state["feed"]] == ["two", "one"]
        await one.disconnect()

    run(talk)


def test_many_changes_are_told_at_most_twice_a_second(shop: ReportedShop) -> None:
    cookie = cookie_of("manager")

    async def talk() -> None:
        one = Socket(cookie)
        assert await one.connect() is None
        await one.told()  # on connecting
        await one.told()  # when the listener has joined
        began, pushed = time.monotonic(), list[float]()
        for _ in range(20):
            await asyncio.to_thread(tell_boards)  # as another process does, in a loop of its own
        while not pushed or not await one.receive_nothing(timeout=1.2):
            await one.told()
            pushed.append(time.monotonic())
        assert len(pushed) - 1 <= (pushed[-1] - began) / live.SECONDS_BETWEEN_PUSHES
        await one.disconnect()

    run(talk)


def test_two_who_look_at_the_same_share_one_drawing(shop: ReportedShop) -> None:
    cookie = cookie_of("manager")

    async def talk() -> None:
        first, second, other = Socket(cookie), Socket(cookie), Socket(cookie, "period=week")
        for one in (first, second, other):
            assert await one.connect() is None
            await one.told()
        assert sorted(len(board.sockets) for board in live._boards.boards.values()) == [1, 2]
        for one in (first, second, other):
            await one.disconnect()
        assert live._boards.boards == {}

    run(talk)


def test_many_who_come_at_once_share_few_drawings(
    shop: ReportedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = cookie_of("manager")
    drawn = []

    def draw(asked: BoardAsked) -> dict[str, Any]:
        drawn.append(asked)
        return draw_board(asked)

    monkeypatch.setattr(live, "draw_board", draw)

    async def come(one: Socket) -> None:
        assert await one.connect() is None
        assert (await one.told())["live"]

    async def talk() -> None:
        sockets = [Socket(cookie) for _ in range(30)]
        await asyncio.gather(*(come(one) for one in sockets))
        for one in sockets:
            await one.disconnect()

    run(talk)
    assert 1 <= len(drawn) < 15


@pytest.mark.parametrize("group", [None, "marketing"])
def test_only_managers_may_look(shop: ReportedShop, group: str | None) -> None:
    cookie = cookie_of(group)

    async def talk() -> None:
        assert await Socket(cookie).connect() == live.NOT_ALLOWED

    run(talk)


def test_strangers_and_other_sites_are_refused(shop: ReportedShop) -> None:
    cookie = cookie_of("manager")

    async def talk() -> None:
        assert await Socket("sessionid=nothing").connect() == live.NOT_ALLOWED
        assert await Socket(cookie, origin="https://evil.example").connect() is not None
        assert await Socket(cookie, "store=nowhere").connect() == live.NOT_UNDERSTOOD

    run(talk)


def test_who_loses_the_role_is_shown_out(
    shop: ReportedShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SECONDS_BETWEEN_CHECKS", 0.2)
    cookie = cookie_of("manager")

    async def talk() -> None:
        one = Socket(cookie)
        assert await one.connect() is None
        await sync_to_async(User.objects.filter(username="of-manager").update)(is_active=False)
        while (message := await one.receive_output(timeout=PATIENCE_SECONDS))[
            "type"
        ] != "websocket.close":
            pass
        assert message["code"] == live.NOT_ALLOWED

    run(talk)


@pytest.mark.parametrize("way", ["signs out", "has another password"])
def test_who_signs_out_is_shown_out(
    shop: ReportedShop, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(live, "SECONDS_BETWEEN_CHECKS", 0.1)
    cookie = cookie_of("manager")

    def leave() -> None:
        if way == "signs out":
            Session.objects.all().delete()
            return
        user = User.objects.get(username="of-manager")
        user.set_password("another one of tests")
        user.save()

    async def talk() -> None:
        one = Socket(cookie)
        assert await one.connect() is None
        await sync_to_async(leave)()
        while (message := await one.receive_output(timeout=PATIENCE_SECONDS))[
            "type"
        ] != "websocket.close":
            pass
        assert message["code"] == live.NOT_ALLOWED

    run(talk)
