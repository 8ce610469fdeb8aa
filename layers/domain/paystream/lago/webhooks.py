"""A notification that was sent, as an entry of the log."""

import json
from typing import Any

from paystream.lago.timestamps import timestamp
from paystream.model.notification import Notification


def webhook_object(notification: Notification) -> dict[str, Any]:
    """Paystream's own: Lago's API has no log. `payload` is what subscribers received."""
    return {
        "lago_id": notification.lago_id,
        "webhook_type": notification.webhook_type.value,
        "object_type": notification.object_type,
        "payload": json.loads(notification.body),
        "created_at": timestamp(notification.created_at),
    }
