"""Lago's envelope around an object: what subscribers receive."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from paystream.model.customer import Customer
from paystream.model.identifiers import notification_id
from paystream.model.notification import Notification, WebhookType

_MOST_BYTES = 240_000
"""Below a message's 256 KiB, with room for its attributes: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""

_SHORT_BYTES = 1024
"""What a field of a customer's profile may have where the whole profile is too large."""


def envelope(
    webhook_type: WebhookType,
    object_type: str,
    organization_id: str,
    *bodies: dict[str, Any],
    now: datetime,
    identity: tuple[str, ...],
) -> Notification:
    """Around the first of the bodies, the longest first, with which the message fits; the last fits always."""
    unique_key = notification_id(webhook_type, *identity)
    head = {
        "webhook_type": webhook_type.value,
        "object_type": object_type,
        "organization_id": organization_id,
        "unique_key": unique_key,
    }
    messages = [_json(head | {object_type: body}) for body in bodies]
    return Notification(
        organization_id=organization_id,
        lago_id=unique_key,
        webhook_type=webhook_type,
        object_type=object_type,
        body=next((message for message in messages if len(message.encode()) <= _MOST_BYTES), messages[-1]),
        created_at=now,
    )


def shortened(customer: Customer) -> Customer:
    """The customer without the long fields of its profile: the API has them."""
    short = {name: value for name, value in customer.profile.items() if len(_json(value).encode()) <= _SHORT_BYTES}
    return replace(customer, profile=short)


def _json(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)
