"""Child processes of a local run that never outlive their parent."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
_PR_SET_PDEATHSIG = 1


def ends_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Return what a child must run before its program: the kernel then sends it that signal when
    its parent dies, however that happens. None where the kernel knows no such thing (not Linux).

    Only for parents of one thread, as with everything between fork and exec.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, number)


@dataclass(slots=True)
class Child:
    """A named process at the head of its own process group; `log` None: it prints as we do."""

    name: str
    log: Path | None
    process: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls,
        name: str,
        command: Sequence[str],
        *,
        log: Path | None,
        env: Mapping[str, str],
        folder: Path = BASE_DIR,
    ) -> Child:
        """Start the command in a folder. A Ctrl-C in the terminal does not reach it: its parent
        stops it.
        """
        with log.open("ab") if log else nullcontext(None) as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if log else None,
                cwd=folder,
                env=env,
                start_new_session=True,
                preexec_fn=ends_with_parent(signal.SIGTERM),
            )
        return cls(name, log, process)

    def ask_to_stop(self) -> None:
        """Send the polite signal to the process, which passes it on to its own children."""
        if self.process.poll() is None:
            self.process.terminate()

    def wait_or_kill(self, seconds: float) -> None:
        """Wait so long for the process, then end what is left of its group."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self, lines: int = 15) -> str:
        """Return the end of its log."""
        if self.log is None:
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
