"""The engine as extension modules (config/compile_engine.py): never one older than its source."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

ENGINE = Path(__file__).resolve().parent / "engine"


def assert_up_to_date(engine: Path = ENGINE) -> None:
    """Stop a process that would decide by an older engine than the one that is there to read.

    Raises: ImproperlyConfigured where an extension module is older than its source, or has none.
    """
    for built in engine.rglob("*.so"):
        source = built.with_name(built.name.partition(".")[0] + ".py")
        if not source.exists() or source.stat().st_mtime_ns > built.stat().st_mtime_ns:
            raise ImproperlyConfigured(
                f"The compiled promotion engine is older than its source ({source.name}): "
                "make compiled compiles it anew, make uncompiled goes back to plain Python."
            )
