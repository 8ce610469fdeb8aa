"""Change what a person may say of an invoice: its metadata, and that it was paid elsewhere or is given up."""

from dataclasses import dataclass, replace
from datetime import datetime

from paystream.errors import InvalidInputError, NotAllowedError
from paystream.lago.invoice_notifications import payment_status_updated
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice, MetadataEntry
from paystream.model.moves import move
from paystream.model.notification import Notification
from paystream.model.schedule import look_at_last_attempt_at
from paystream.model.standing import InvoiceStatus, PaymentStatus, Stage
from paystream.ports.stores import Stores
from paystream.steps.attempts.read_invoice import read_invoice
from paystream.steps.attempts.read_payments import last_payment
from paystream.steps.attempts.restore_invoice import restored
from paystream.use_cases.invoices.being_collected import refuse_if_being_collected


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceChange:
    """What was sent; None is what was not."""

    payment_status: PaymentStatus | None = None
    metadata: tuple[MetadataEntry, ...] | None = None


def update_invoice(
    change: InvoiceChange, organization_id: str, lago_id: str, *, stores: Stores, now: datetime
) -> tuple[Invoice, Customer | None]:
    """The updated invoice, and its customer. Saying again what it is changes nothing.

    Raises NotFoundError; InvalidInputError for a status that cannot follow: a success is final, and a failed invoice
    becomes pending by a new attempt only; NotAllowedError if it is voided, whatever is sent, parked or being collected;
    VersionConflictError.
    """
    invoice = restored(read_invoice(stores, organization_id, lago_id), stores=stores, now=now)
    if invoice.status is InvoiceStatus.VOIDED:
        raise NotAllowedError("update_on_voided_invoice")
    customer = stores.customers.get(organization_id, invoice.external_customer_id)
    changed = replace(invoice, metadata=invoice.metadata if change.metadata is None else change.metadata)
    notifications: tuple[Notification, ...] = ()
    if change.payment_status not in (None, invoice.payment_status):
        changed = _with_status(changed, PaymentStatus(change.payment_status), stores, now)
        notifications = (payment_status_updated(changed, customer, now, cause=f"version {invoice.version}"),)
    if changed == invoice:
        return invoice, customer
    changed = replace(changed, updated_at=now)
    if change.payment_status is PaymentStatus.SUCCEEDED and invoice.payment_status is not PaymentStatus.SUCCEEDED:
        rest = invoice.total_due_amount_cents
        return stores.invoices.end(changed, notifications, paid_elsewhere_cents=rest), customer
    return stores.invoices.save(changed, notifications), customer


def _with_status(invoice: Invoice, status: PaymentStatus, stores: Stores, now: datetime) -> Invoice:
    if invoice.payment_status is PaymentStatus.SUCCEEDED or status is PaymentStatus.PENDING:
        raise InvalidInputError({"payment_status": ["value_is_invalid"]})
    if invoice.problem is not None:
        raise NotAllowedError("invalid_status")
    payment = last_payment(invoice, stores)
    is_paid = status is PaymentStatus.SUCCEEDED
    refuse_if_being_collected(invoice, payment, stores, now, may_wait_for_customer=is_paid, is_given_up=is_paid)
    stage = Stage.PAID if is_paid else Stage.GIVEN_UP
    return move(invoice, stage, due_at=look_at_last_attempt_at(payment, now), now=now)
