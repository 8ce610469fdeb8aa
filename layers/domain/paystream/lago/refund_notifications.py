"""What is told of refunds."""

from datetime import datetime

from paystream.lago.envelope import envelope
from paystream.lago.refunds import refund_object
from paystream.model.notification import Notification
from paystream.model.settlement import Settlement


def refund_notifications(settlement: Settlement, now: datetime) -> tuple[Notification, ...]:
    """What a word on a refund, the last one of its payment, has to tell: once for each refund and type."""
    payment = settlement.payment
    return tuple(
        envelope(
            webhook_type,
            "refund",
            payment.organization_id,
            refund_object(payment, payment.refunds[-1]),
            now=now,
            identity=(payment.organization_id, payment.lago_id, payment.refunds[-1].lago_id),
        )
        for webhook_type in settlement.tell
    )
