"""Compile the promotion engine to C: the same decisions, about 1.6 times as fast.

`python -m config.compile_engine` puts an extension module beside each source of the engine,
`--undo` takes them away again. Needs a C compiler and what requirements-dev.txt brings (mypyc is
part of mypy). Made for images (see the Dockerfile): where sources change, a process that finds an
extension older than its source does not start (promotions/compiled_engine.py).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

BASE_DIR = Path(__file__).resolve().parent.parent
ENGINE = Path("promotions", "engine")
# Extension modules import what they share from one more, which lies at the top.
SHARED = "promotions_engine"
# Records are dataclasses, made column by column (bulk.py): as extension types they would be slower
# to make from outside, and what they are is read by the codec. `__main__` is run, not imported.
AS_PYTHON = {"__init__", "__main__", "answer", "bulk", "cart", "decision", "definition", "wallet"}
_SETUP = """
import sys
from mypyc.build import mypycify
from setuptools import setup

setup(
    name="punchcard-engine",
    packages=[],
    py_modules=[],
    ext_modules=mypycify(sys.argv.pop().split(","), group_name={shared!r}),
    script_args=["-q", "build_ext", "--inplace"],
)
"""


def main() -> int:
    """Compile or undo. Return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--undo", action="store_true", help="back to plain Python")
    options = parser.parse_args()
    undo(BASE_DIR)
    if options.undo:
        return 0
    if shutil.which("cc") is None:
        print("There is no C compiler. On Debian and Ubuntu: apt-get install gcc", file=sys.stderr)
        return 1
    return compile_engine(BASE_DIR)


def undo(project: Path) -> None:
    """Remove the extension modules from a folder that holds the project."""
    for built in [*(project / ENGINE).rglob("*.so"), *project.glob(f"{SHARED}__mypyc*.so")]:
        built.unlink()


def compile_engine(project: Path) -> int:
    """Compile the engine of a folder that holds the project, in a copy, and put it there.

    Returns the exit status; what the compiler says goes to standard error.
    """
    with TemporaryDirectory(prefix="punchcard-engine-") as name:
        folder = Path(name)
        for package in (ENGINE, Path("core")):
            shutil.copytree(project / package, folder / package)
        (folder / "promotions" / "__init__.py").touch()
        sources = ",".join(str(one) for one in sources_of(folder))
        build = [sys.executable, "-c", _SETUP.format(shared=SHARED), sources]
        done = subprocess.run(build, check=False, cwd=folder, stdout=sys.stderr)
        if done.returncode:
            return done.returncode
        for built in [*(folder / ENGINE).rglob("*.so"), *folder.glob("*.so")]:
            shutil.copyfile(built, project / built.relative_to(folder))
    return 0


def sources_of(project: Path) -> list[Path]:
    """Return what is compiled, relative to the folder of the project."""
    found = sorted((project / ENGINE).rglob("*.py"))
    return [one.relative_to(project) for one in found if one.stem not in AS_PYTHON]


if __name__ == "__main__":
    sys.exit(main())
