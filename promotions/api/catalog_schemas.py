"""The shapes of products and points of sale, for the OpenAPI document."""

from rest_framework import serializers

from access.serializers import DecimalString, Shape
from promotions import labels


class ProductBody(Shape):
    """A product; what is left out stays as it is, or has its default."""

    name = serializers.CharField(max_length=200)
    price = DecimalString()
    category = serializers.CharField(
        required=False,
        allow_null=True,
        max_length=400,
        help_text="A path such as `Drinks > Coffee`; made if it is not there.",
    )
    tags = serializers.ListField(child=serializers.CharField(max_length=64), required=False)
    active = serializers.BooleanField(required=False, help_text="False: no till sells it.")


class ProductOfListBody(ProductBody):
    """A product of a list."""

    sku = serializers.CharField(max_length=64)


class ProductShape(Shape):
    """A product."""

    id = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    price = DecimalString()
    category = serializers.CharField(allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    active = serializers.BooleanField()


class ProductsSavedShape(Shape):
    """How many products were new, and how many were there before."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()


class PosConfigBody(Shape):
    """A point of sale; what is left out stays as it is, or has its default."""

    name = serializers.CharField(max_length=120)
    time_zone = serializers.CharField(
        required=False, help_text="IANA name, such as Asia/Jakarta (UTC)."
    )
    currency = serializers.CharField(required=False, help_text="ISO 4217 code (USD).")
    discount_rounding = serializers.ChoiceField(
        [word for word, _label in labels.ROUNDINGS], required=False
    )
    return_policy = serializers.ChoiceField(
        [word for word, _label in labels.RETURN_POLICIES], required=False
    )


class PosConfigShape(Shape):
    """A point of sale."""

    id = serializers.IntegerField()
    ref = serializers.CharField()
    name = serializers.CharField()
    time_zone = serializers.CharField()
    currency = serializers.CharField()
    discount_rounding = serializers.CharField()
    return_policy = serializers.CharField()
