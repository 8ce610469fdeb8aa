"""Write down what Stripe said of a refund, by an answer or by an event."""

from datetime import datetime

from paystream.errors import ContentionError, VersionConflictError
from paystream.lago.refund_notifications import refund_notifications
from paystream.model.invoice import Invoice
from paystream.model.payment import Payment
from paystream.model.received import with_sums
from paystream.model.refund import RefundOutcome, settle_refund
from paystream.ports.stores import Stores
from paystream.steps.attempts.read_invoice import read_invoice
from paystream.steps.attempts.read_payments import on_record

_TRIES = 5


def record_refund(
    invoice: Invoice, payment: Payment, outcome: RefundOutcome, *, stores: Stores, now: datetime
) -> Invoice:
    """Settle invoice, payment and notifications in one transaction; safe to repeat, in any order.

    The payment was read after its invoice. Raises VersionConflictError if others keep writing.
    """
    for _ in range(_TRIES):
        if settle_refund(invoice, payment, outcome, now=now) is None:
            return invoice
        known = with_sums(invoice, on_record(invoice, stores))
        settled = settle_refund(known, payment, outcome, now=now)
        if settled is None:
            return invoice
        try:
            return stores.invoices.settle(settled.settlement, refund_notifications(settled, now))
        except VersionConflictError:
            invoice = read_invoice(stores, invoice.organization_id, invoice.lago_id)
            payment = stores.payments.get(payment.organization_id, payment.lago_id) or payment
    raise ContentionError(f"invoice {invoice.lago_id} keeps changing; try again")
