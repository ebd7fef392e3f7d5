"""Where a webhook may go: to the internet, not into the network this server stands in.

Who may enter an address must not reach what only this machine reaches (a metadata service, an
admin port). The name is resolved once, every address it has is checked, and the connection goes
to a checked address: a name that answers differently the next time changes nothing.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from socket import SOCK_STREAM, getaddrinfo
from urllib.parse import urlsplit

from django.conf import settings

from events.errors import InvalidWebhookUrl, TargetDown, WebhookTargetNotAllowed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_PORTS = {"https": 443, "http": 80}
# Addresses that carry an IPv4 address inside, which gateways may unpack (RFC 6052).
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
# The IPv6 internet: what lies outside is local, or kept for something else (RFC 4291, RFC 3879).
_UNICAST = ipaddress.IPv6Network("2000::/3")
# Special by IANA's registries, and public by the tables of Python 3.11.
_SPECIAL = (
    ipaddress.IPv6Network("3fff::/20"),  # for documentation, RFC 9637
    ipaddress.IPv4Network("192.0.0.0/24"),  # for protocols, RFC 6890
)


@dataclass(frozen=True, slots=True)
class Target:
    """A checked place to connect to: `address` for the socket, `host` for the certificate."""

    scheme: str
    host: str
    port: int
    path: str
    address: str

    @property
    def host_header(self) -> str:
        """The Host header: with the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def check_url(url: str) -> tuple[str, str, int, str]:
    """Return scheme, host, port and path of an address that may be a webhook's, unresolved.

    Raises: InvalidWebhookUrl.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidWebhookUrl(field="url", url=url[:200]) from None
    schemes = {"https", "http"} if settings.WEBHOOK_PRIVATE_TARGETS else {"https"}
    is_clean = url.isprintable() and url.isascii() and " " not in url
    has_place = parts.hostname and "@" not in parts.netloc and port != 0
    if parts.scheme not in schemes or not has_place or not is_clean:
        raise InvalidWebhookUrl(field="url", url=url[:200])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, str(parts.hostname), port or _PORTS[parts.scheme], path


def resolve(url: str) -> Target:
    """Return where to connect for an address, now.

    Raises: InvalidWebhookUrl; WebhookTargetNotAllowed if any of its addresses is not public;
    TargetDown if its name has none.
    """
    scheme, host, port, path = check_url(url)
    try:
        found = getaddrinfo(host, port, type=SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TargetDown(f"{host} has no address: {error}") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not settings.WEBHOOK_PRIVATE_TARGETS:
        for address in addresses:
            if not is_public(address):
                raise WebhookTargetNotAllowed(host=host, address=str(address))
    return Target(scheme, host, port, path, str(addresses[0]))


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the internet, also where it wraps another one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _TRANSLATED:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        wrapped = [address.sixtofour, *(address.teredo or ())]
        if not all(is_public(one) for one in wrapped if one is not None):
            return False
        if address not in _UNICAST:
            return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved
