"""Collect an invoice once more, because somebody asks for it."""

from dataclasses import replace
from datetime import datetime, timedelta

from paystream.errors import NotAllowedError
from paystream.lago.envelopes import collection_refused
from paystream.model.invoice import Invoice, InvoiceStatus, PaymentStatus, WaitingFor
from paystream.model.payment import Payment
from paystream.model.schedule import DueInvoice
from paystream.ports.messages import DueQueue
from paystream.ports.stores import Stores
from paystream.use_cases.begin_attempt import CANNOT_PAY, last_payment
from paystream.use_cases.collect_invoice import payer_of
from paystream.use_cases.record_outcome import read_invoice

_A_MOMENT = timedelta(microseconds=1)
"""A message counts if it was sent later than its invoice was written."""


def retry_payment(organization_id: str, lago_id: str, *, stores: Stores, queue: DueQueue, now: datetime) -> Invoice:
    """Have a failed invoice collected by a new attempt, and one that waits looked at now.

    What has to be done at Stripe is done by who looks at what is due: at once, or by the next run of the schedule if
    the message is lost. Where nobody can pay, that is told instead (`invoice.payment_failure`). Raises NotFoundError,
    NotAllowedError if it is paid, voided, parked or being collected, VersionConflictError.
    """
    invoice = read_invoice(stores, organization_id, lago_id)
    is_owed = invoice.status is InvoiceStatus.FINALIZED and invoice.problem is None
    if not is_owed or invoice.payment_status is PaymentStatus.SUCCEEDED:
        raise NotAllowedError("invalid_status")
    refuse_if_being_collected(invoice, last_payment(invoice, stores), now)
    payer = payer_of(stores.customers.get(organization_id, invoice.external_customer_id), None, stores)
    if isinstance(payer, WaitingFor) and invoice.payment_status is PaymentStatus.FAILED:
        stores.notifications.add(collection_refused(invoice, CANNOT_PAY[payer], now))
        return invoice
    due = stores.invoices.save(replace(invoice, due_at=now, updated_at=now))
    queue.hand_out([DueInvoice(organization_id, lago_id, now.isoformat())], now + _A_MOMENT)
    return due


def refuse_if_being_collected(invoice: Invoice, payment: Payment | None, now: datetime) -> None:
    """Raises NotAllowedError while an attempt may be on its way: what comes of it is not known yet."""
    is_claimed = invoice.claimed_until is not None and now < invoice.claimed_until
    is_begun = invoice.waiting_for is None or payment is not None or is_claimed
    if invoice.is_open and is_begun:
        raise NotAllowedError("payment_processor_is_currently_handling_payment")
