"""Environment variables, read strictly: what cannot be meant stops the start with a sentence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_FALSE = frozenset({"false", "off", "no", "n", "0"})


class StrictEnv(environ.Env):
    """The environment. A typing error is refused; `environ` alone takes it for off, or crashes."""

    def get_value(
        self, var: Any, cast: Any = None, default: Any = environ.Env.NOTSET, *rest: Any
    ) -> Any:
        """Return the variable's value. Raises: ImproperlyConfigured with what is wrong."""
        given = self.ENVIRON.get(var)
        try:
            value = super().get_value(var, cast, default, *rest)
        except ValueError as error:
            raise ImproperlyConfigured(f"{var} must be a number, not {given!r}.") from error
        if given is not None and cast is int and value < 0:
            raise ImproperlyConfigured(f"{var} must be 0 or more, not {given!r}.")
        if given is not None and cast is bool and not value and given.strip().lower() not in _FALSE:
            raise ImproperlyConfigured(f"{var} must be on or off, not {given!r}.")
        return value

    def log_level(self, var: str, default: str) -> str:
        """Return a level of logging. Raises: ImproperlyConfigured."""
        level = str(self.get_value(var, str, default)).upper()
        if level not in _LOG_LEVELS:
            raise ImproperlyConfigured(f"{var} must be one of {', '.join(_LOG_LEVELS)}.")
        return level


def read_environment(file: Path) -> StrictEnv:
    """Return the environment, with what the file adds where the environment has nothing."""
    StrictEnv.read_env(file)
    env = StrictEnv()  # type: ignore[no-untyped-call]  # environ has no types there
    # An empty variable, as compose files pass one on, is as good as none.
    env.ENVIRON = {  # type: ignore[assignment]  # declared as os.environ's type, read as a mapping
        name: value for name, value in os.environ.items() if value
    }
    return env
