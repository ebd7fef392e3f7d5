"""Making the changes: mutmut writes a copy of the engine with every change in it."""

from __future__ import annotations

from pathlib import Path

from mutmut.__main__ import create_mutants
from mutmut.mutation.data import SourceFileMutationData
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir, walk_mutatable_files

TREE = Path("mutants")


def make_changes(processes: int) -> list[str]:
    """Write the tree of changes, where a source is newer than it, and return their names."""
    TREE.mkdir(exist_ok=True)
    copy_src_dir()
    copy_also_copy_files()
    create_mutants(processes)
    names: list[str] = []
    for path in sorted(walk_mutatable_files()):
        data = SourceFileMutationData(path=path)
        data.load()
        names += data.exit_code_by_key
    return names
