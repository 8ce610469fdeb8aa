"""Carry notifications from the outbox to the topic."""

from collections.abc import Sequence

from paystream.model.notification import Notification
from paystream.ports.messages import Publisher


def publish_notifications(notifications: Sequence[Notification], *, publisher: Publisher) -> tuple[str, ...]:
    """Publish each at least once; the ids of those the topic did not take, to be published again."""
    return tuple(notification.lago_id for notification in publisher.publish(notifications))
