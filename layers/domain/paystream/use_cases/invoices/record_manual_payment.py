"""Record money that came outside of Stripe: it settles an invoice, or a part of it."""

from dataclasses import dataclass, replace
from datetime import datetime

from paystream.errors import ConflictError, InvalidInputError, NotAllowedError
from paystream.lago.invoice_notifications import manual_payment_notifications
from paystream.model.currency import smallest_step
from paystream.model.identifiers import requested_payment_id
from paystream.model.invoice import Invoice
from paystream.model.manual_payment import ManualPayment
from paystream.model.moves import move, postpone
from paystream.model.schedule import look_at_last_attempt_at
from paystream.model.standing import InvoiceStatus, PaymentStatus, Stage
from paystream.ports.stores import Stores
from paystream.steps.attempts.read_invoice import read_invoice
from paystream.steps.attempts.read_payments import last_payment
from paystream.steps.attempts.restore_invoice import restored
from paystream.use_cases.invoices.being_collected import refuse_if_being_collected


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualPaymentRequest:
    """A checked request; `amount_cents` in minor units of the invoice's currency. Without `paid_at` it is now."""

    invoice_id: str
    amount_cents: int
    reference: str
    paid_at: datetime | None


def record_manual_payment(
    request: ManualPaymentRequest,
    *,
    organization_id: str,
    idempotency_key: str | None,
    stores: Stores,
    new_id: str,
    now: datetime,
) -> ManualPayment:
    """The payment; under the same `Idempotency-Key` the first one is returned.

    What remains is collected as before. While an attempt is on its way nothing is recorded: the invoice might be paid
    twice. Raises NotFoundError, NotAllowedError if it is paid, voided, parked or being collected, InvalidInputError for
    more than is owed or a rest that Stripe does not charge, ConflictError if the key was used for another payment,
    VersionConflictError.
    """
    lago_id = requested_payment_id(organization_id, idempotency_key) if idempotency_key else new_id
    invoice = read_invoice(stores, organization_id, request.invoice_id)
    existing = stores.payments.find(organization_id, lago_id) if idempotency_key else None
    if isinstance(existing, ManualPayment):
        return _same(existing, request)
    invoice = restored(invoice, stores=stores, now=now)
    _check(invoice, request, stores, now)
    customer = stores.customers.get(organization_id, invoice.external_customer_id)
    payment = ManualPayment(
        organization_id=organization_id,
        lago_id=lago_id,
        invoice_id=invoice.lago_id,
        invoice_number=invoice.number,
        external_customer_id=invoice.external_customer_id,
        lago_customer_id=customer.lago_id if customer else None,
        amount_cents=request.amount_cents,
        currency=invoice.currency,
        reference=request.reference,
        created_at=request.paid_at or now,
        updated_at=now,
    )
    settled = _settled(invoice, payment, stores, now)
    stores.invoices.register_payment(organization_id, invoice.lago_id, payment.lago_id)
    notifications = manual_payment_notifications(invoice, settled, payment, customer, now)
    stores.invoices.settle_by_hand(settled, payment, notifications)
    return payment


def _check(invoice: Invoice, request: ManualPaymentRequest, stores: Stores, now: datetime) -> None:
    is_owed = invoice.status is InvoiceStatus.FINALIZED and invoice.problem is None
    if not is_owed or invoice.payment_status is PaymentStatus.SUCCEEDED:
        raise NotAllowedError("invalid_status")
    rest = invoice.total_due_amount_cents - request.amount_cents
    if rest < 0:
        raise InvalidInputError({"amount_cents": ["value_is_out_of_range"]})
    if rest % smallest_step(invoice.currency):
        raise InvalidInputError({"amount_cents": ["amount_not_in_steps"]})
    is_all = rest == 0
    refuse_if_being_collected(
        invoice, last_payment(invoice, stores), stores, now, may_wait_for_customer=is_all, is_given_up=is_all
    )


def _settled(invoice: Invoice, payment: ManualPayment, stores: Stores, now: datetime) -> Invoice:
    """A failed attempt is over more than what is owed by now: the schedule closes it at Stripe at once."""
    paid = replace(
        invoice, total_paid_amount_cents=invoice.total_paid_amount_cents + payment.amount_cents, updated_at=now
    )
    last = last_payment(invoice, stores)
    if paid.total_due_amount_cents:
        return postpone(paid, now, now=now) if last and last.is_to_be_closed else paid
    return move(paid, Stage.PAID, due_at=look_at_last_attempt_at(last, now), now=now)


def _same(existing: ManualPayment, request: ManualPaymentRequest) -> ManualPayment:
    recorded = (existing.invoice_id, existing.amount_cents, existing.reference)
    if recorded != (request.invoice_id, request.amount_cents, request.reference):
        raise ConflictError("idempotency_key_reused", "this Idempotency-Key was used for another payment")
    return existing
