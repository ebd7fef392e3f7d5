"""The OpenAPI document describes exactly the bodies that are read."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import inspect
from rest_framework import serializers

from promotions.api import catalog_schemas, program_schemas
from promotions.api.coupons import CouponsBody
from promotions.catalog.input import PosConfigFields, ProductFields, ProductInput
from promotions.programs.body import ProgramBody

# Answered by us, and taken so that an answer can be changed and sent back.
NOT_READ = {"id", "state", "in_review", "version", "unpublished_changes"}
NOT_READ |= {"created_at", "updated_at"}
PAIRS = [
    (ProgramBody, program_schemas.ProgramBody),
    (CouponsBody, program_schemas.CouponsBody),
    (ProductFields, catalog_schemas.ProductBody),
    (ProductInput, catalog_schemas.ProductOfListBody),
    (PosConfigFields, catalog_schemas.PosConfigBody),
]


def struct_of(kind: inspect.Type) -> inspect.StructType | None:
    """Return the struct that a field holds, alone or in a list."""
    if isinstance(kind, inspect.Metadata):
        return struct_of(kind.type)
    if isinstance(kind, inspect.UnionType):
        return next((found for one in kind.types if (found := struct_of(one))), None)
    if isinstance(kind, inspect.VarTupleType):
        return struct_of(kind.item_type)
    return kind if isinstance(kind, inspect.StructType) else None


def enum_of(kind: inspect.Type) -> set[str] | None:
    """Return the words that a field may hold."""
    if isinstance(kind, inspect.Metadata):
        return enum_of(kind.type)
    if isinstance(kind, inspect.UnionType):
        return next((found for one in kind.types if (found := enum_of(one))), None)
    return {one.value for one in kind.cls} if isinstance(kind, inspect.EnumType) else None


def compare(struct: inspect.StructType, shape: serializers.Serializer[Any], path: str) -> None:
    read = {one.encode_name: one for one in struct.fields}
    if path == "":
        read = {name: one for name, one in read.items() if name not in NOT_READ}
    assert read.keys() == shape.fields.keys(), path
    for name, one in read.items():
        described: Any = shape.fields[name]
        where = f"{path}/{name}"
        assert described.required == one.required, where
        words = enum_of(one.type)
        if words is not None:
            assert set(described.choices) == words, where
        inner = struct_of(one.type)
        if inner is not None:
            compare(inner, getattr(described, "child", described), where)


@pytest.mark.parametrize(("kind", "shape"), PAIRS)
def test_what_is_read_is_what_is_described(kind, shape):
    struct = inspect.type_info(kind)
    assert isinstance(struct, inspect.StructType)
    compare(struct, shape(), "")
