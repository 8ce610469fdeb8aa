"""Notifications about disputes."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from paystream.lago.envelope import envelope
from paystream.lago.invoice_notifications import notified_invoice
from paystream.lago.payments import payment_object
from paystream.model.customer import Customer
from paystream.model.dispute import DisputeSettlement
from paystream.model.notification import DisputeNews, Notification, WebhookType
from paystream.model.payment_dispute import Dispute
from paystream.model.settlement import Settlement


def dispute_notifications(
    settled: DisputeSettlement, customer: Customer | None, now: datetime
) -> tuple[Notification, ...]:
    """What news of a dispute leads to, once for each of Stripe's words that brings it."""
    return tuple(_notification(news, settled, customer, now) for news in settled.news)


def _notification(
    news: DisputeNews, settled: DisputeSettlement, customer: Customer | None, now: datetime
) -> Notification:
    settlement, dispute = settled.settlement, settled.dispute
    match news:
        case WebhookType.INVOICE_PAYMENT_DISPUTE_LOST:
            return _lost(settlement, dispute, customer, now)
        case WebhookType.PAYMENT_DISPUTE_OPENED | WebhookType.PAYMENT_DISPUTE_WON:
            return _payment(news, settlement, dispute, now)
        case _:
            assert_never(news)


def _lost(settlement: Settlement, dispute: Dispute, customer: Customer | None, now: datetime) -> Notification:
    """Lago's own: the invoice, and the bank's reason."""
    invoice = settlement.invoice
    return envelope(
        WebhookType.INVOICE_PAYMENT_DISPUTE_LOST,
        "payment_dispute_lost",
        invoice.organization_id,
        *({"invoice": form, "reason": dispute.reason} for form in notified_invoice(invoice, customer, now)),
        now=now,
        identity=_identity(settlement, dispute),
    )


def _payment(webhook_type: WebhookType, settlement: Settlement, dispute: Dispute, now: datetime) -> Notification:
    """The payment shows the dispute that this is about, though another one may be open."""
    payment = settlement.payment
    return envelope(
        webhook_type,
        "payment",
        payment.organization_id,
        payment_object(replace(payment, disputes=(dispute,))),
        now=now,
        identity=_identity(settlement, dispute),
    )


def _identity(settlement: Settlement, dispute: Dispute) -> tuple[str, ...]:
    payment = settlement.payment
    return payment.organization_id, payment.lago_id, dispute.id, str(dispute.said_at)
