"""The stream of the notifications table."""

from paystream.entry.records import Change
from paystream.model.notification import Notification, WebhookType


def notification_from_change(change: Change) -> Notification:
    """The notification that was put into the outbox."""
    item = change.item
    return Notification(
        organization_id=item["organization_id"],
        lago_id=item["lago_id"],
        webhook_type=WebhookType(item["webhook_type"]),
        object_type=item["object_type"],
        body=item["body"],
        created_at=change.written_at,
    )
