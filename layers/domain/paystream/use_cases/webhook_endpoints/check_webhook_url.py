"""Whether notifications may be posted to a URL: from outside, nothing may be reached that is not meant for all.

SNS resolves the name itself, each time it posts. A name that leads to another address later is SNS's matter: it posts
from its own network, never from this account's.
"""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from paystream.errors import InvalidInputError
from paystream.ports.webhooks import Resolver

LONGEST_URL = 1900
_HTTPS = 443
_FIRST_PORT_OF_APPLICATIONS = 1024
"""Below it are the ports of other protocols, but for that of HTTPS: none of them is to get a request of ours."""

_NAT64 = IPv6Network("64:ff9b::/96")


class Reach(StrEnum):
    """Where webhooks may lead: to anybody on the internet over HTTPS, or, on one machine, to that machine alone."""

    PUBLIC = "public"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class WebhookUrls:
    """The rules that a URL has to keep. `resolver` says where its name leads."""

    reach: Reach
    resolver: Resolver

    def check(self, url: str) -> None:
        """Raises InvalidInputError."""
        parts = _split(url)
        if self.reach is Reach.PUBLIC:
            _check_is_https(parts)
        addresses = self.resolver.addresses(parts.hostname or "")
        if not addresses:
            raise _refused("host_is_unknown")
        if not all(map(_is_public if self.reach is Reach.PUBLIC else _is_loopback, addresses)):
            raise _refused(f"url_is_not_{self.reach.value}")


def _check_is_https(parts: SplitResult) -> None:
    if parts.scheme != "https":
        raise _refused("url_is_not_https")
    port = parts.port if parts.port is not None else _HTTPS
    if port != _HTTPS and port < _FIRST_PORT_OF_APPLICATIONS:
        raise _refused("port_is_not_allowed")


def _split(url: str) -> SplitResult:
    """The parts of a URL that SNS can take: a host's name has no underscore there."""
    if len(url) > LONGEST_URL or not _has_plain_characters(url):
        raise _refused("url_is_invalid")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        is_good = host and "_" not in host and parts.port != 0
    except ValueError:
        raise _refused("url_is_invalid") from None
    if not is_good or parts.scheme not in ("http", "https"):
        raise _refused("url_is_invalid")
    return parts


def _has_plain_characters(url: str) -> bool:
    return url.isascii() and url.isprintable() and not {" ", "\\"} & set(url)


def _is_public(text: str) -> bool:
    """Whether it is an address of the internet; an IPv4 address inside of an IPv6 one counts for itself."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(str(inner))
    return address.is_global and not address.is_multicast


def _is_loopback(text: str) -> bool:
    return ip_address(text.partition("%")[0]).is_loopback


def _refused(code: str) -> InvalidInputError:
    return InvalidInputError({"webhook_url": [code]})
