"""A refund as the API shows it: Paystream's own, Lago refunds by credit notes."""

from typing import Any

from paystream.lago.timestamps import timestamp
from paystream.model.payment import Payment
from paystream.model.payment_refund import Refund


def refund_object(payment: Payment, refund: Refund) -> dict[str, Any]:
    """A refund, and the payment and the invoice that it is of."""
    return {
        "lago_id": refund.lago_id,
        "lago_payment_id": payment.lago_id,
        "lago_invoice_id": payment.invoice_id,
        "external_customer_id": payment.external_customer_id,
        "amount_cents": refund.amount_cents,
        "amount_currency": payment.currency,
        "status": refund.status.value,
        "reason": refund.reason,
        "failure_reason": refund.failure_reason,
        "payment_provider_code": payment.payment_provider_code,
        "provider_payment_id": payment.provider_payment_id,
        "provider_refund_id": refund.provider_refund_id,
        "created_at": timestamp(refund.created_at),
    }
