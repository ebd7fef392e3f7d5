"""PostgreSQL and Valkey for a machine that has neither: where they are and who uses them.

Every process that needs them calls `hold()`: it takes a lease (a shared file lock, which the
kernel gives back however the process ends) and makes sure that a keeper runs
(`config/local_keeper.py`), which starts both servers (`config/local_servers.py`), watches them,
and stops them once nobody has held a lease for a while.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASE = "punchcard"
ACCOUNT_OF_ROOT = "nobody"
START_SECONDS = 90.0
SOCKET_PATH_LIMIT = (
    100  # the kernel's is 107 bytes on Linux, 103 on macOS, the file's name included
)
READY = "ready"
_held: dict[Path, IO[str]] = {}
_started: list[subprocess.Popen[str]] = []


class LocalServicesError(Exception):
    """The local servers cannot do what was asked; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Account:
    """The system account the servers run as when the caller is root, which PostgreSQL refuses."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class LocalServices:
    """The two servers whose locks and logs lie in `folder`.

    `durable` off trades safety against a crash of the machine for speed: for tests alone. After
    `idle_seconds` without a lease the servers stop; the first one to start them decides both.
    """

    folder: Path
    durable: bool = True
    idle_seconds: float = 60.0

    @property
    def home(self) -> Path:
        """The folder of everything the servers' account must reach: data, sockets, copies.

        It is `folder` itself, unless root works in a place that other accounts cannot enter
        (a checkout under /root): then a folder of its own, linked from `folder/home`.
        """
        link = self.folder / "home"
        if link.is_symlink():
            return link.resolve()
        account = account_for(self.folder)
        if account is None or reachable(self.folder, account):
            return self.folder
        return Path("/var/lib/punchcard") / self._digest

    @property
    def sockets(self) -> Path:
        """The private folder of both sockets, moved to /tmp where its path would be too long."""
        folder = self.home / "run"
        if len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
            return folder
        # The keeper refuses it unless it is a folder of ours alone.
        return Path(f"/tmp/punchcard-{os.geteuid()}-{self._digest}")  # noqa: S108

    @property
    def _digest(self) -> str:
        return hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]

    @property
    def database_url(self) -> str:
        """The address of the database, as DATABASE_URL has it."""
        return f"postgres://postgres@{quote(str(self.sockets), safe='')}/{DATABASE}"

    @property
    def redis_url(self) -> str:
        """The address of Valkey, as REDIS_URL has it."""
        return f"unix://{self.sockets}/valkey.sock?db=0"

    def log(self, name: str) -> Path:
        """Return the log file of `postgres`, `valkey`, or another part of a local run."""
        return self.folder / "log" / f"{name}.log"

    def hold(self) -> None:
        """Keep both servers up for as long as this process lives, starting them if needed.

        Raises: LocalServicesError. Safe under: any number of processes starting at once.
        """
        if self.folder not in _held:
            make_folder(self.folder / "log")
            lease = (self.folder / "lease.lock").open("w")
            # A keeper that is just stopping holds this exclusively until it is gone.
            lock_within(lease, fcntl.LOCK_SH, START_SECONDS, "The local servers do not stop")
            _held[self.folder] = lease
        with (self.folder / "start.lock").open("w") as starting:
            lock_within(starting, fcntl.LOCK_EX, START_SECONDS, "The local servers do not start")
            if self.keeper_pid() is None:
                self._start_keeper()

    def release(self) -> None:
        """Give the lease back and, if it was the last one, stop the servers at once."""
        lease = _held.pop(self.folder, None)
        if lease is None:
            return
        with lease:
            try:
                fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self.stop()  # newcomers wait for their lease until this one is closed

    def stop(self) -> bool:
        """Stop both servers, whoever uses them. Return whether they were running."""
        if not self.folder.is_dir():
            return False
        if self.keeper_pid() is None:
            if not (self.home / "postgres" / "postmaster.pid").exists():
                return False
            self._start_keeper()  # the last one was killed: a new one clears up what it left
        pid = self.keeper_pid()
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + START_SECONDS
        while self.keeper_pid() is not None:
            if time.monotonic() > deadline:
                raise LocalServicesError(f"The keeper of the local servers ({pid}) does not stop.")
            time.sleep(0.02)
        for keeper in _started:
            keeper.poll()  # reaps it, if it was ours
        return True

    def keeper_pid(self) -> int | None:
        """Return the process id of the running keeper, or None."""
        try:
            with (self.folder / "keeper.lock").open() as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return int(file.read() or 0) or None
        except FileNotFoundError:
            return None
        return None

    def _start_keeper(self) -> None:
        """Start the keeper in a session of its own, so that Ctrl-C here does not reach it."""
        durable = "durable" if self.durable else "fast"
        command = [sys.executable, "-m", "config.local_keeper", str(self.folder), durable]
        command.append(str(self.idle_seconds))
        with self.log("keeper").open("a") as log:
            keeper = subprocess.Popen(
                command,
                cwd=BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        _started.append(keeper)
        assert keeper.stdout is not None
        answer = keeper.stdout.read().strip()  # it closes its output once it is ready, or ends
        if answer != READY:
            keeper.wait()
            raise LocalServicesError(answer or f"The keeper ended; see {self.log('keeper')}.")


def local_secret(folder: Path) -> str:
    """Return the random secret of this checkout, made at the first call and kept in `folder`."""
    path = folder / "secret_key"
    make_folder(folder)
    with suppress(FileExistsError):
        # Written elsewhere and linked, so that no other process ever reads half of it.
        draft = folder / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        finally:
            draft.unlink()
    return path.read_text()


def make_folder(folder: Path) -> None:
    """Make the folder and those above it. Raises: LocalServicesError, saying why it cannot be."""
    try:
        for step in reversed([folder, *folder.parents]):
            if not step.exists():
                step.mkdir(exist_ok=True)
                step.chmod(0o755)  # whatever the umask: the servers' account must pass through
        if not os.access(folder, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise LocalServicesError(
            f"Cannot write to {folder}: {error.strerror}. Local data, sockets and logs go there; "
            "make it writable, or set LOCAL_DIR to a folder that is."
        ) from error


def account_for(folder: Path) -> Account | None:
    """Return the account the servers run as, or None for the caller's own."""
    if os.geteuid() != 0:
        return None
    data = folder / "postgres"
    owner = data.stat().st_uid if data.exists() else 0  # a user's data stays that user's
    try:
        entry = pwd.getpwuid(owner) if owner else pwd.getpwnam(ACCOUNT_OF_ROOT)
    except KeyError as error:
        raise LocalServicesError(
            f"PostgreSQL refuses to run as root and there is no account {owner or ACCOUNT_OF_ROOT} "
            "to run it as. Run as another user, or set DATABASE_URL and REDIS_URL."
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def reachable(path: Path, account: Account) -> bool:
    """Tell whether the account may enter every folder on the way to `path`, and `path` itself."""
    for step in [path, *path.parents]:
        if not step.exists():
            continue
        state = step.stat()
        owns = state.st_uid == account.uid
        bit = 0o100 if owns else 0o010 if state.st_gid == account.gid else 0o001
        if not state.st_mode & bit:
            return False
    return True


def lock_within(file: IO[str] | int, kind: int, seconds: float, complaint: str) -> None:
    """Lock the file or raise LocalServicesError(complaint) after that many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                raise LocalServicesError(f"{complaint} within {seconds:.0f} seconds.") from error
            time.sleep(0.02)


@contextmanager
def held(services: LocalServices) -> Iterator[LocalServices]:
    """Keep the servers up for a block, and stop them after it if nobody else holds them."""
    services.hold()
    try:
        yield services
    finally:
        services.release()


def hold_if_local() -> None:
    """Keep the local servers up for this process, unless the settings name other ones.

    Every entry point calls it: manage.py, the web server, the Celery worker.
    Raises: LocalServicesError.
    """
    from django.conf import settings

    services: LocalServices | None = settings.LOCAL_SERVICES
    if services is not None:
        services.hold()
