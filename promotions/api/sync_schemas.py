"""The shapes of what offline tills send and get, for the OpenAPI document."""

from rest_framework import serializers

from promotions.api.order_schemas import CommitBody, OrderAnswer, Shape, decimal


class OfflineOrderBody(CommitBody):
    """An order sold without a line."""

    at = serializers.DateTimeField(help_text="The time of sale, at most 72 hours back.")
    charged_total = decimal(required=False, allow_null=True)
    catalog_version = serializers.IntegerField(
        required=False, allow_null=True, help_text="Of the bundle that the till quoted from."
    )


class SyncBody(Shape):
    """Orders of an offline till, oldest first."""

    orders = serializers.ListField(child=OfflineOrderBody(), min_length=1, max_length=500)


class ChargeAnswer(Shape):
    """What the till charged beside what was decided; difference: charged less decided."""

    charged_total = decimal()
    decided_total = decimal()
    difference = decimal()
    programs_left_out = serializers.ListField(child=serializers.IntegerField())


class SyncedOrderAnswer(OrderAnswer):
    """A committed order; charge: where the till said what it had charged."""

    charge = ChargeAnswer(required=False)


class SyncResult(Shape):
    """What became of one order; problem: why it was refused, as a problem document."""

    ref = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=["committed", "replayed", "refused"])
    order = SyncedOrderAnswer(allow_null=True)
    problem = serializers.DictField(allow_null=True)


class SyncAnswer(Shape):
    """What became of the orders, in the order they were sent."""

    committed = serializers.IntegerField()
    replayed = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = SyncResult(many=True)


class BundleAnswer(Shape):
    """A flattened JSON Web Signature over the compressed catalog (docs/offline.md)."""

    protected = serializers.CharField(help_text="Header: alg, kid, zip, jwk; base64url.")
    payload = serializers.CharField(help_text="Raw DEFLATE of the bundle's JSON; base64url.")
    signature = serializers.CharField(help_text="Ed25519 over `protected.payload`; base64url.")


class KeyAnswer(Shape):
    """A public key; kid: its thumbprint (RFC 7638)."""

    kty = serializers.CharField()
    crv = serializers.CharField()
    x = serializers.CharField()
    kid = serializers.CharField()
    alg = serializers.CharField()
    use = serializers.CharField()


class KeySetAnswer(Shape):
    """A JSON Web Key Set, the key that signs now first."""

    keys = KeyAnswer(many=True)
