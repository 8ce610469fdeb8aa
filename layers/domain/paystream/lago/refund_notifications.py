"""What is told of refunds."""

from datetime import datetime

from paystream.lago.envelope import envelope
from paystream.lago.refunds import refund_object
from paystream.model.notification import Notification
from paystream.model.payment import Refund
from paystream.model.settlement import Settlement


def refund_notifications(settlement: Settlement, refund: Refund, now: datetime) -> tuple[Notification, ...]:
    """What a word on this refund has to tell: once for each refund and type."""
    payment = settlement.payment
    return tuple(
        envelope(
            webhook_type,
            "refund",
            payment.organization_id,
            refund_object(payment, refund),
            now=now,
            identity=(payment.organization_id, payment.lago_id, refund.lago_id),
        )
        for webhook_type in settlement.tell
    )
