"""References in addresses: the caller's own strings, of nearly any characters."""

from django.urls import register_converter


class ReferenceConverter:
    """`<ref:name>`: anything without control characters that neither starts nor ends in a slash.

    A reference may hold slashes (`Shop/0042`), so an address that goes on after one stands
    before the address that ends with it in a urlconf. A slash at an end is refused, or a client
    that adds one by habit would make a second thing.
    """

    regex = r"[^/\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^/\x00-\x1f\x7f])?"

    def to_python(self, value: str) -> str:
        """Return the reference."""
        return value

    def to_url(self, value: str) -> str:
        """Return the reference as it stands in an address."""
        return value


register_converter(ReferenceConverter, "ref")
