"""The shapes of versions, comparisons and histories, for the OpenAPI document."""

from rest_framework import serializers

from access.serializers import Shape
from promotions.api.program_schemas import choice
from promotions.models.change import ACTIONS


class VersionShape(Shape):
    """A published version. `catalog_to` null: still in force."""

    id = serializers.IntegerField()
    number = serializers.IntegerField()
    catalog_from = serializers.IntegerField()
    catalog_to = serializers.IntegerField(allow_null=True)
    in_force = serializers.BooleanField()
    published_at = serializers.DateTimeField()
    published_by = serializers.CharField(allow_null=True)
    sentence = serializers.CharField(help_text="What it does, in the language asked for.")
    definition = serializers.DictField()


class DifferenceShape(Shape):
    """One field that differs, in words; empty where it was not said."""

    part = serializers.CharField(help_text="`Condition 1`, `Reward 2`, or empty: the program.")
    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class ComparisonShape(Shape):
    """Two versions, or a version and the draft (null), side by side."""

    before = serializers.IntegerField(allow_null=True)
    after = serializers.IntegerField(allow_null=True)
    sentence_before = serializers.CharField()
    sentence_after = serializers.CharField()
    differences = DifferenceShape(many=True)


class ChangeShape(Shape):
    """Who did what to a program."""

    id = serializers.IntegerField()
    action = choice(ACTIONS)
    by = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    version = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    differences = DifferenceShape(
        many=True, help_text="Of an edit: against the draft before it, as far as it is kept."
    )


class RollBackBody(Shape):
    """A version to go back to."""

    version = serializers.IntegerField(min_value=1)
    publish = serializers.BooleanField(
        required=False, help_text="Put it in force at once (default), or only make it the draft."
    )


class SendBackBody(Shape):
    """Why a draft is sent back."""

    note = serializers.CharField(required=False, max_length=400)
