"""Void an invoice: it is owed no more, and nothing is collected for it."""

from dataclasses import replace
from datetime import datetime

from paystream.errors import NotAllowedError
from paystream.lago.invoice_notifications import invoice_voided
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.moves import move
from paystream.model.schedule import look_at_last_attempt_at
from paystream.model.standing import InvoiceStatus, PaymentStatus, Stage
from paystream.ports.stores import Stores
from paystream.steps.attempts.read_invoice import read_invoice
from paystream.steps.attempts.read_payments import last_payment
from paystream.steps.attempts.restore_invoice import restored
from paystream.use_cases.invoices.being_collected import refuse_if_being_collected


def void_invoice(
    organization_id: str, lago_id: str, *, stores: Stores, now: datetime
) -> tuple[Invoice, Customer | None]:
    """The voided invoice and its customer; what failed before, and what waits for the customer, is closed at Stripe by
    who looks at what is due.

    Money that Stripe collects all the same, by a request that was under way, is recorded and notified as ever. Raises
    NotFoundError, NotAllowedError if it is paid, voided already, or being collected, VersionConflictError.
    """
    invoice = restored(read_invoice(stores, organization_id, lago_id), stores=stores, now=now)
    if invoice.status is InvoiceStatus.VOIDED or invoice.payment_status is PaymentStatus.SUCCEEDED:
        raise NotAllowedError("not_voidable")
    payment = last_payment(invoice, stores)
    refuse_if_being_collected(invoice, payment, stores, now, is_given_up=True)
    customer = stores.customers.get(organization_id, invoice.external_customer_id)
    voided = move(replace(invoice, voided_at=now), Stage.VOIDED, due_at=look_at_last_attempt_at(payment, now), now=now)
    return stores.invoices.end(voided, (invoice_voided(voided, customer, now),)), customer
