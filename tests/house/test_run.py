"""`make run`: one command starts everything, says where it is, and leaves nothing behind."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import time
import urllib.request
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import grpc
import psutil
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from config.local_services import LocalServices
from config.run import space_left
from tests.house.local_run import READY, free_port, read_until, start
from tests.house.processes import eventually, living


@pytest.mark.slow
def test_a_run_gets_ready_keeps_its_data_and_leaves_no_process(folder: Path) -> None:
    for stop in (signal.SIGINT, signal.SIGTERM):
        port, live = free_port(), free_port()
        with start(folder, port, LIVE_PORT=str(live)) as run:
            said = read_until(run, READY)
            assert f"http://127.0.0.1:{port}/till/" in said
            assert grpc_serves(said.partition("gRPC")[2].split()[0])
            assert eventually(partial(answers, f"http://127.0.0.1:{live}/health/live"), 60)
            log = folder / "log" / "consumers.log"
            assert eventually(partial(says, log, "Consuming with 1 worker(s): broadcast"), 60)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready") as answer:
                assert answer.status == 200
            assert requests_counted(port, after=20) == 20, "by both workers together"
            run.send_signal(stop)
            output, _ = run.communicate(timeout=180)
        assert run.returncode == 0, output
        assert eventually(lambda: living(folder) == [])
    assert (folder / "postgres" / "PG_VERSION").exists()


@pytest.mark.slow
def test_when_a_part_dies_the_run_says_which_and_stops(folder: Path) -> None:
    with start(folder, free_port()) as run:
        read_until(run, READY)
        worker = next(
            process
            for process in psutil.Process(run.pid).children()
            if "celery" in " ".join(process.cmdline())
        )
        worker.kill()
        output, _ = run.communicate(timeout=180)
    assert run.returncode == 1
    assert "The worker process ended by itself" in output
    assert str(folder / "log" / "worker.log") in output
    assert eventually(lambda: living(folder) == [])


@pytest.mark.slow
def test_a_run_killed_outright_takes_its_processes_along(folder: Path) -> None:
    with start(folder, free_port()) as run:
        read_until(run, READY)
        run.kill()
    deadline = time.monotonic() + 60
    while (left := [line for line in living(folder) if is_of_the_run(line)]) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.2)
    assert left == []
    # The servers belong to nobody now: their keeper stops them after a minute, or at once if told.
    assert LocalServices(folder).stop()
    assert eventually(lambda: living(folder) == [])


def requests_counted(port: int, after: int) -> int:
    """Return how many requests for /health/live the metrics show after so many."""
    base = f"http://127.0.0.1:{port}"
    for _ in range(after):
        with urllib.request.urlopen(f"{base}/health/live"):
            pass
    with urllib.request.urlopen(f"{base}/metrics") as answer:
        text = answer.read().decode()
    found = re.search(r'requests_total\{[^}]*route="health/live"[^}]*\} ([\d.]+)', text)
    assert found, text
    return int(float(found[1]))


def answers(address: str) -> bool:
    """Tell whether somebody answers there."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def grpc_serves(address: str) -> bool:
    """Tell whether the gRPC process is well and can do its work."""
    with grpc.insecure_channel(address) as channel:
        asked = health_pb2.HealthCheckRequest(service="punchcard.v1.OrderService")
        stub: Any = health_pb2_grpc.HealthStub(channel)
        told = stub.Check(asked, timeout=30)
    return bool(told.status == health_pb2.HealthCheckResponse.SERVING)


def says(log: Path, words: str) -> bool:
    """Tell whether the log has these words."""
    return log.exists() and words in log.read_text()


def is_of_the_run(line: str) -> bool:
    """Tell whether the process is one of the run's own, not the servers'."""
    return any(word in line for word in ("granian", "celery", "run_consumers", "grpc_server"))


@pytest.mark.slow
def test_a_run_stopped_while_it_loads_the_demo_shop_leaves_no_process(folder: Path) -> None:
    with start(folder, free_port(), DEMO_SHOP="on") as run:
        read_until(run, "Looking after the demo shop")
        assert eventually(lambda: sum("spawn_main" in line for line in living(folder)) >= 2, 60)
        run.send_signal(signal.SIGTERM)
        output, _ = run.communicate(timeout=180)
    assert run.returncode == 0, output
    assert eventually(lambda: living(folder) == [])


def test_a_port_taken_is_said_before_anything_starts(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with start(folder, port) as run:
            output, _ = run.communicate(timeout=180)
    assert run.returncode == 1
    assert f"Port {port} is taken" in output
    assert "Traceback" not in output
    assert eventually(lambda: living(folder) == [])
    assert not (folder / "postgres").exists()


def test_a_failure_on_a_full_disk_says_that_the_disk_is_full(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert space_left(folder / "not" / "there" / "yet") == ""
    free = SimpleNamespace(free=3_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: free)
    assert f"The disk of {folder} is full (3 MB are free)" in space_left(folder)


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_none_is_refused(folder: Path, port: str) -> None:
    with start(folder, port) as run:
        output, _ = run.communicate(timeout=180)
    assert run.returncode == 1
    assert "PORT must be a number from 1 to 65535" in output


def test_a_folder_that_cannot_be_written_stops_the_run_with_a_sentence(folder: Path) -> None:
    (folder / "file").touch()
    with start(folder, free_port(), LOCAL_DIR=str(folder / "file" / "inside")) as run:
        output, _ = run.communicate(timeout=180)
    assert run.returncode == 1
    assert "Cannot write to" in output
    assert "Traceback" not in output
