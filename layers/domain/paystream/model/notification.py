"""A message to the subscribers: an entry of the outbox."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class WebhookType(StrEnum):
    """Lago's `webhook_type`, and Paystream's own where Lago says nothing."""

    INVOICE_PAYMENT_FAILURE = "invoice.payment_failure"
    INVOICE_PAYMENT_ABANDONED = "invoice.payment_abandoned"
    INVOICE_PAYMENT_STATUS_UPDATED = "invoice.payment_status_updated"
    INVOICE_PAYMENT_OVERDUE = "invoice.payment_overdue"
    INVOICE_PAYMENT_DISPUTE_LOST = "invoice.payment_dispute_lost"
    INVOICE_VOIDED = "invoice.voided"
    PAYMENT_SUCCEEDED = "payment.succeeded"
    PAYMENT_REQUIRES_ACTION = "payment.requires_action"
    PAYMENT_DISPUTE_OPENED = "payment.dispute_opened"
    PAYMENT_DISPUTE_WON = "payment.dispute_won"
    PAYMENT_REFUND_SUCCEEDED = "payment.refund_succeeded"
    PAYMENT_REFUND_FAILED = "payment.refund_failed"
    CUSTOMER_PAYMENT_PROVIDER_CREATED = "customer.payment_provider_created"
    CUSTOMER_PAYMENT_PROVIDER_ERROR = "customer.payment_provider_error"
    CUSTOMER_CHECKOUT_URL_GENERATED = "customer.checkout_url_generated"
    CUSTOMER_PAYMENT_METHOD_MISSING = "customer.payment_method_missing"
    PAYMENT_PROVIDER_ERROR = "payment_provider.error"


EVERY_TYPE = frozenset(WebhookType)

PaymentNews = Literal[
    WebhookType.PAYMENT_SUCCEEDED,
    WebhookType.PAYMENT_REQUIRES_ACTION,
    WebhookType.INVOICE_PAYMENT_FAILURE,
    WebhookType.INVOICE_PAYMENT_ABANDONED,
    WebhookType.INVOICE_PAYMENT_STATUS_UPDATED,
]
"""What an outcome of a payment can lead to. Who builds the notifications handles each, or mypy fails."""

DisputeNews = Literal[
    WebhookType.PAYMENT_DISPUTE_OPENED, WebhookType.PAYMENT_DISPUTE_WON, WebhookType.INVOICE_PAYMENT_DISPUTE_LOST
]
"""What news of a dispute can lead to."""

RefundNews = Literal[WebhookType.PAYMENT_REFUND_SUCCEEDED, WebhookType.PAYMENT_REFUND_FAILED]
"""What news of a refund can lead to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationFilter:
    """Which notifications of a list are wanted; what is None, or every type, is no matter. The bounds belong to it."""

    webhook_types: frozenset[WebhookType] = EVERY_TYPE
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """`body` is the JSON that subscribers receive: Lago's envelope. `lago_id` is stable, so repeats can be dropped."""

    organization_id: str
    lago_id: str
    webhook_type: WebhookType
    object_type: str
    body: str
    created_at: datetime
