"""API keys: issue one, and find out whose a presented one is."""

from datetime import datetime

from paystream.model.api_key import ApiKey, key_hash, key_text, organization_of
from paystream.ports.stores import ApiKeys


def issue_api_key(organization_id: str, name: str, *, keys: ApiKeys, secret: str, now: datetime) -> str:
    """Store a new key's hash and return the key: it cannot be shown again. `secret`: 64 random hexadecimal digits."""
    text = key_text(organization_id, secret)
    keys.add(
        ApiKey(organization_id=organization_id, key_hash=key_hash(text), name=name, last4=text[-4:], created_at=now)
    )
    return text


def organization_for(text: str, *, keys: ApiKeys) -> str | None:
    """The organization whose key this is; None if it is nobody's."""
    organization_id = organization_of(text)
    if organization_id and keys.exists(organization_id, key_hash(text)):
        return organization_id
    return None
