"""A process that commits orders over HTTP at a steady pace, and notes when each was answered."""

from __future__ import annotations

import http.client
import json
import queue
import threading
import time
from itertools import islice
from multiprocessing.connection import Connection

from benchmarks.reporting_shop import baskets

TILLS = 4


def commit_steadily(pipe: Connection, host: str, port: int, token: str) -> None:
    """Until told to end: take (seconds, orders a second), commit, send the times of the answers.

    Times are of the machine's monotonic clock. Raises: RuntimeError for an order refused.
    """
    orders = baskets()
    while (asked := pipe.recv()) is not None:
        seconds, rate = asked
        wanted: queue.Queue[tuple[float, bytes] | None] = queue.Queue()
        answered: list[float] = []
        failed: list[str] = []
        tills = [
            threading.Thread(target=_sell, args=(wanted, answered, failed, host, port, token))
            for _ in range(TILLS)
        ]
        for till in tills:
            till.start()
        began = time.monotonic() + 0.5
        for number, order in enumerate(islice(orders, int(seconds * rate))):
            wanted.put((began + number / rate, json.dumps(order).encode()))
        for _ in tills:
            wanted.put(None)
        for till in tills:
            till.join()
        if failed:
            raise RuntimeError(failed[0])
        pipe.send(sorted(answered))


def _sell(
    wanted: queue.Queue[tuple[float, bytes] | None],
    answered: list[float],
    failed: list[str],
    host: str,
    port: int,
    token: str,
) -> None:
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection(host, port, timeout=60)
    while (one := wanted.get()) is not None:
        at, body = one
        time.sleep(max(0.0, at - time.monotonic()))
        connection.request("POST", "/api/v1/orders", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 201:
            failed.append(f"{answer.status} {said.decode()}")
        answered.append(time.monotonic())
    connection.close()
