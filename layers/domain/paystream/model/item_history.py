"""What is known of an invoice whose item was replaced: from the payments on record."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from paystream.model.invoice import Invoice
from paystream.model.outcome import PayableStatus
from paystream.model.payment import AnyPayment, Payment


@dataclass(frozen=True, slots=True)
class ItemHistory:
    """When an invoice was taken in for the first time, and the ids of its payments that follow from no attempt: what
    was paid by hand, or a second time.
    """

    taken_in_at: datetime
    payment_ids: tuple[str, ...]


def with_payments(invoice: Invoice, payments: Iterable[AnyPayment]) -> Invoice:
    """The invoice, with what came by these payments, what of it went back or is to, and what a bank took back."""
    for payment in payments:
        is_paid = not isinstance(payment, Payment) or payment.payment_status is PayableStatus.SUCCEEDED
        paid = payment.amount_cents if is_paid else 0
        invoice = replace(invoice, total_paid_amount_cents=invoice.total_paid_amount_cents + paid)
        if isinstance(payment, Payment):
            invoice = _with_money_back(invoice, payment)
    return invoice


def _with_money_back(invoice: Invoice, payment: Payment) -> Invoice:
    lost_at = (invoice.payment_dispute_lost_at, payment.lost_at)
    refunding = (payment.lago_id,) if payment.is_being_refunded else ()
    return replace(
        invoice,
        total_refunded_amount_cents=invoice.total_refunded_amount_cents + payment.refunded_amount_cents,
        refunding_payment_ids=(*invoice.refunding_payment_ids, *refunding),
        payment_dispute_lost_at=max((one for one in lost_at if one), default=None),
    )
