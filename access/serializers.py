"""Fields and bodies as every endpoint reads and describes them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from core.numbers import read_plain

MAX_ID = 2**63 - 1
MAX_REF = 64


class Body(serializers.Serializer):  # type: ignore[type-arg]
    """A JSON body. An unknown field is refused: it is a typing error or another version's."""

    _the_reader: ClassVar[Body]

    def to_internal_value(self, data: Any) -> Any:
        """Return what was read. Raises: ValidationError, which names every wrong field."""
        wrong: dict[str, Any] = {}
        if isinstance(data, Mapping):
            wrong = {
                str(name): [serializers.ErrorDetail(str(_("Unknown field.")), "unknown_field")]
                for name in data
                if name not in self.fields
            }
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            wrong |= error.detail
        if wrong:
            raise serializers.ValidationError(wrong)
        return value

    @classmethod
    def read(cls, request: Request) -> dict[str, Any]:
        """Return the fields of the request's body.

        Raises: ValidationError, and what reading JSON raises (`access.json`).
        """
        return cls.check(request.data)

    @classmethod
    def check(cls, data: object) -> dict[str, Any]:
        """Return the fields of a body. Raises: ValidationError."""
        try:
            return dict(cls._reader().run_validation(data))
        except serializers.ValidationError:
            body = cls(data=data)  # says what is wrong as DRF does
            body.is_valid(raise_exception=True)
            raise

    @classmethod
    def _reader(cls) -> Body:
        """Return the one instance that reads all bodies: a new one copies every field it has.

        Reading keeps nothing in it, so threads may share it.
        """
        held: Body | None = cls.__dict__.get("_the_reader")
        if held is None:
            held = cls()
            held.fields  # noqa: B018 - made here and not by two threads at once
            cls._the_reader = held
        return held


class Shape(serializers.Serializer):  # type: ignore[type-arg]
    """A JSON object of an answer: only described, for the OpenAPI document."""


@extend_schema_field({"oneOf": [{"type": "string", "maxLength": MAX_REF}, {"type": "integer"}]})
class ReferenceField(serializers.Field):  # type: ignore[type-arg]
    """The caller's own reference (a string) or our id (a number)."""

    default_error_messages = {
        "invalid": _("Give a reference (a string of 1 to 64 characters) or an id (a number)."),
    }

    def to_internal_value(self, data: Any) -> str | int:
        """Return the reference or the id."""
        if isinstance(data, str):
            fits = 0 < len(data) <= MAX_REF and data.isprintable()
        else:
            fits = isinstance(data, int) and not isinstance(data, bool) and 0 < data <= MAX_ID
        if not fits:
            self.fail("invalid")
        found: str | int = data
        return found

    def to_representation(self, value: str | int) -> str | int:
        """Return it as it is."""
        return value


class PlainDecimalField(serializers.DecimalField):
    """A number as a plain decimal string (`core.numbers`); a JSON number is read too."""

    def to_internal_value(self, data: Any) -> Decimal:
        """Return the number. Raises: ValidationError."""
        if isinstance(data, bool):
            self.fail("invalid")
        if isinstance(data, str):
            try:
                data = read_plain(data)
            except ValueError:
                self.fail("invalid")
        return super().to_internal_value(data)


class PointsField(PlainDecimalField):
    """Points: a decimal string, as precise as they are kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=18, decimal_places=4, **options)


@extend_schema_field(OpenApiTypes.DECIMAL)
class DecimalString(serializers.Field):  # type: ignore[type-arg]
    """A decimal string of an answer."""
