"""Publish each notification of the outbox to the topic."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.outbox import notification_from_change
from paystream.entry.records import failures, read_all, stream_records
from paystream.model.notification import WebhookType
from paystream.observability import count, logger, metrics
from paystream.use_cases.notifications.publish_notifications import publish_notifications as publish


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Handle a batch of the stream; what the topic did not take is delivered again."""
    read, unreadable = read_all(stream_records(event), notification_from_change)
    notifications = [notification for _, notification in read]
    refused = publish(notifications, publisher=bootstrap.publisher())
    types = [notification.webhook_type for notification in notifications]
    count("IntegrationNeedsAttention", types.count(WebhookType.PAYMENT_PROVIDER_ERROR))
    count("NotificationPublished", len(notifications) - len(refused))
    logger.info("notifications published", published=len(notifications) - len(refused), refused=len(refused))
    return failures([*unreadable, *(record for record, notification in read if notification.lago_id in refused)])
