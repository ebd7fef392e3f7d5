"""The live dashboard: one drawing for everybody who looks at the same, at most two a second.

In each process one task listens for changes of the facts. For every address that somebody looks
at there is one board, which draws and sends to all its sockets; a socket that connects gets the
present state first, so that whoever was away misses nothing.
"""

from __future__ import annotations

import asyncio
import logging
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl

import orjson
from asgiref.sync import async_to_sync
from channels import DEFAULT_CHANNEL_LAYER
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import channel_layers, get_channel_layer
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import User
from django.http import HttpRequest
from redis.exceptions import RedisError

from access.authentication import caller_of
from access.caller import Role
from core.errors import PunchcardError
from reporting.board import BoardAsked, draw_board, read_asked

GROUP = "reporting.changed"
SECONDS_BETWEEN_PUSHES = 0.5
SECONDS_BETWEEN_CHECKS = 60
SECONDS_OF_SILENCE = 300
SECONDS_BEFORE_TRYING_AGAIN = 2.0
READERS = frozenset({Role.MANAGER, Role.ADMIN})
NOT_ALLOWED, NOT_UNDERSTOOD = 4403, 4400
STALE = orjson.dumps({"live": False})
log = logging.getLogger(__name__)


def tell_boards() -> None:
    """Say that the facts changed. With Redis down nobody hears; boards draw anew later."""
    # A layer of its own: closing the pools of the shared one would close those of other loops.
    layer: Any = channel_layers.make_backend(DEFAULT_CHANNEL_LAYER)

    async def send() -> None:
        try:
            await layer.group_send(GROUP, {"type": "changed"})
        finally:
            await layer.close_pools()

    try:
        async_to_sync(send)()
    except (RedisError, OSError) as error:
        log.warning("boards were not told: %s", error)


class Board:
    """One drawing and who looks at it."""

    def __init__(self, asked: BoardAsked) -> None:
        self.asked = asked
        self.sockets: set[DashboardSocket] = set()
        self.changed = asyncio.Event()
        self.drawing = asyncio.Lock()
        self.next: asyncio.Task[bytes] | None = None
        self.task = asyncio.create_task(self._push())

    async def drawn(self) -> bytes:
        """Return the present state, drawn after now.

        All who ask while one is being drawn share the next: after a restart everybody comes at
        once.
        """
        if self.next is None:
            self.next = asyncio.create_task(self._draw())
        return await asyncio.shield(self.next)

    async def _draw(self) -> bytes:
        async with self.drawing:
            self.next = None  # who asks from here on is too late for this one
            state = await database_sync_to_async(draw_board)(self.asked)
        return orjson.dumps({"live": True, **state})

    async def _push(self) -> None:
        while True:
            await self.changed.wait()
            self.changed.clear()
            next_push = asyncio.get_running_loop().time() + SECONDS_BETWEEN_PUSHES
            try:
                text = await self.drawn()
            except Exception:
                # PostgreSQL is away, say: the page keeps what it has and is told so.
                log.exception("a board could not be drawn")
                await self.send(STALE)
                self.changed.set()
                await asyncio.sleep(SECONDS_BEFORE_TRYING_AGAIN)
                continue
            await self.send(text)
            # Drawing and sending take of the half second, or whoever looks waits for both.
            await asyncio.sleep(max(0.0, next_push - asyncio.get_running_loop().time()))

    async def send(self, text: bytes) -> None:
        """Send to everybody who looks; one who went away stops nobody."""
        told = text.decode()
        for socket in tuple(self.sockets):
            try:
                await socket.send(text_data=told)
            except Exception:  # noqa: BLE001 - whatever ended it, the others wait for theirs
                self.sockets.discard(socket)


class Boards:
    """The boards of a process, and the task that hears of changes."""

    def __init__(self) -> None:
        self.boards: dict[BoardAsked, Board] = {}
        self.loop: asyncio.AbstractEventLoop | None = None
        self.listener: asyncio.Task[None] | None = None

    def join(self, asked: BoardAsked, socket: DashboardSocket) -> Board:
        """Add a socket to the board of what it asked for."""
        loop = asyncio.get_running_loop()
        if self.loop is not loop:  # another loop's tasks are no use here
            self.boards, self.loop, self.listener = {}, loop, None
        if self.listener is None or self.listener.done():
            self.listener = loop.create_task(self._listen())
        board = self.boards.get(asked)
        if board is None:
            board = self.boards[asked] = Board(asked)
        board.sockets.add(socket)
        return board

    def leave(self, asked: BoardAsked, socket: DashboardSocket) -> None:
        """Take a socket off; a board nobody looks at is put away."""
        board = self.boards.get(asked)
        if board is None:
            return
        board.sockets.discard(socket)
        if not board.sockets:
            board.task.cancel()
            del self.boards[asked]

    async def _listen(self) -> None:
        """Wake the boards at every change; without Redis say so, and try again."""
        layer: Any = get_channel_layer()
        while True:
            try:
                channel = await layer.new_channel("reporting")
                await layer.group_add(GROUP, channel)
                self._wake()
                while True:
                    await asyncio.wait_for(layer.receive(channel), SECONDS_OF_SILENCE)
                    self._wake()
            except TimeoutError:
                continue  # nothing for a while: join anew, a group forgets who was long silent
            except (RedisError, OSError) as error:
                log.warning("live boards wait for Redis: %s", error)
                for board in tuple(self.boards.values()):
                    await board.send(STALE)
                await asyncio.sleep(SECONDS_BEFORE_TRYING_AGAIN)

    def _wake(self) -> None:
        for board in self.boards.values():
            board.changed.set()


_boards = Boards()


class DashboardSocket(AsyncWebsocketConsumer):
    """One open dashboard of a signed-in manager."""

    # No layer of its own: one task listens for all sockets of the process, and a socket outlives
    # Redis.
    channel_layer_alias = "none"
    asked: BoardAsked | None = None
    watch: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Let a manager in and send the present state."""
        if not await self._may_look():
            await self.close(code=NOT_ALLOWED)
            return
        query = dict(parse_qsl(self.scope["query_string"].decode()))
        try:
            asked = await database_sync_to_async(read_asked)(query, query.get("language", ""))
        except PunchcardError:
            await self.close(code=NOT_UNDERSTOOD)
            return
        await self.accept()
        self.asked = asked
        board = _boards.join(asked, self)
        try:
            await self.send(text_data=(await board.drawn()).decode())
        except BaseException:
            _boards.leave(asked, self)  # nobody calls disconnect for a socket that failed here
            raise
        self.watch = asyncio.create_task(self._check())

    async def disconnect(self, code: int) -> None:
        """Leave the board."""
        if self.watch is not None:
            self.watch.cancel()
        if self.asked is not None:
            _boards.leave(self.asked, self)

    async def _may_look(self) -> bool:
        session: Any = self.scope.get("session")
        key: str | None = session.session_key if session else None
        return key is not None and await database_sync_to_async(_is_reader)(key)

    async def _check(self) -> None:
        """Close a socket whose user signed out, or may not look any more."""
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_CHECKS)
            if not await self._may_look():
                await self.close(code=NOT_ALLOWED)
                return


def _is_reader(session_key: str) -> bool:
    """Tell whether a session is still that of somebody who may look, as for any page."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return False
    caller = caller_of(user)
    return caller is not None and caller.role in READERS
