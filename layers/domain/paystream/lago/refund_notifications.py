"""Notifications about refunds."""

from datetime import datetime

from paystream.lago.envelope import envelope
from paystream.lago.refunds import refund_object
from paystream.model.notification import Notification
from paystream.model.refund import RefundSettlement


def refund_notifications(settled: RefundSettlement, now: datetime) -> tuple[Notification, ...]:
    """What news of a refund leads to, once for each refund and type: all of them show the refund."""
    payment, refund = settled.settlement.payment, settled.refund
    return tuple(
        envelope(
            webhook_type,
            "refund",
            payment.organization_id,
            refund_object(payment, refund),
            now=now,
            identity=(payment.organization_id, payment.lago_id, refund.lago_id),
        )
        for webhook_type in settled.news
    )
