"""An API key: shown once, kept as its SHA-256."""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

_FORMAT = re.compile(r"paystream_([0-9a-f]{32})_[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is stored of a key."""

    organization_id: str
    key_hash: str
    name: str
    last4: str
    created_at: datetime


def key_text(organization_id: str, secret: str) -> str:
    """The key as its owner uses it; it names its organization, `secret` are 64 hexadecimal digits."""
    return f"paystream_{UUID(organization_id).hex}_{secret}"


def key_hash(text: str) -> str:
    """What is stored and compared instead of the key."""
    return sha256(text.encode()).hexdigest()


def organization_of(text: str) -> str | None:
    """The organization a key claims to be of; None if it is not a key of ours at all."""
    found = _FORMAT.fullmatch(text)
    return str(UUID(found[1])) if found else None
