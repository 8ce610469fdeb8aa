"""Stripe's signature of a webhook, checked with the standard library: the Stripe library would be most of the cold
start.

Source: https://docs.stripe.com/webhooks#verify-manually
"""

import hmac
import re
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

TOLERANCE_SECONDS = 300
_EPOCH = re.compile(r"[0-9]{1,12}")


def is_signed(body: bytes, header: str, secrets: Iterable[str], now: datetime) -> bool:
    """Whether one of the secrets signed this body, within five minutes of now in either direction."""
    times, signatures = _values(header, "t"), _values(header, "v1")
    if len(times) != 1 or not _EPOCH.fullmatch(times[0]):
        return False
    if abs(now.timestamp() - int(times[0])) > TOLERANCE_SECONDS:
        return False
    expected = [hmac.new(secret.encode(), times[0].encode() + b"." + body, sha256).hexdigest() for secret in secrets]
    return any(hmac.compare_digest(ours.encode(), theirs.encode()) for ours in expected for theirs in signatures)


def _values(header: str, wanted: str) -> list[str]:
    pairs = (part.strip().partition("=") for part in header.split(","))
    return [value for name, _, value in pairs if name == wanted]
