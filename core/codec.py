"""Frozen dataclasses to plain JSON data and back, exactly.

Decimals become strings, instants ISO 8601, sets sorted lists. Encoding leaves out fields that
hold their default, so that stored data stays small and old data can be read after a field is
added. Decoders are built once per class.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin

T = TypeVar("T")


def encode(value: object) -> Any:
    """Return the value as JSON data (dict, list, str, number, bool, None).

    Raises: TypeError for a kind of value that has no exact form.
    """
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (datetime, time)):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [encode(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return [encode(one) for one in sorted(value)]
    if isinstance(value, Mapping):
        return {str(key): encode(one) for key, one in value.items()}
    if dataclasses.is_dataclass(value):
        kind: Any = type(value)
        return {
            name: encode(held)
            for name, default in _defaults(kind)
            if (held := getattr(value, name)) != default
        }
    raise TypeError(f"no JSON form for {type(value).__name__}")


def decode(kind: type[T], data: Mapping[str, Any]) -> T:
    """Return the dataclass `kind` from what `encode` made of it.

    Raises: KeyError, TypeError or ValueError if the data is not of that form.
    """
    wanted: Any = kind
    return typing.cast(T, _decoder(wanted)(data))


@cache
def _defaults(kind: type) -> list[tuple[str, object]]:
    """Return each field's name with its default, or a value that equals nothing."""
    pairs = []
    for field in dataclasses.fields(kind):
        default: object = field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        pairs.append((field.name, default))
    return pairs


@cache
def _decoder(kind: Any) -> Callable[[Any], Any]:
    """Return the function that reads a value of this type."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_decoder(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        (inner,) = (one for one in arguments if one is not type(None))
        read = _decoder(inner)
        return lambda data: None if data is None else read(data)
    if origin in (tuple, frozenset):
        read = _decoder(arguments[0])
        return lambda data: origin(read(one) for one in data)
    if origin is not None and issubclass(origin, Mapping):
        key, read = _decoder(arguments[0]), _decoder(arguments[1])
        return lambda data: {key(name): read(one) for name, one in data.items()}
    if kind in (datetime, time):
        return typing.cast(Callable[[Any], Any], kind.fromisoformat)
    if kind in (int, str, bool, Decimal) or (isinstance(kind, type) and issubclass(kind, Enum)):
        return typing.cast(Callable[[Any], Any], kind)
    raise TypeError(f"no JSON form for {kind}")


def _dataclass_decoder(kind: type) -> Callable[[Any], Any]:
    """Return the reader of one dataclass; fields that the data leaves out keep their default."""
    hints = typing.get_type_hints(kind)
    readers = {field.name: _decoder(hints[field.name]) for field in dataclasses.fields(kind)}

    def read(data: Mapping[str, Any]) -> Any:
        return kind(**{name: readers[name](held) for name, held in data.items()})

    return read
