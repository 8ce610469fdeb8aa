"""Give an invoice that was put into the table anew its state back, from the payments on record."""

from dataclasses import replace
from datetime import datetime

from paystream.lago.invoice_notifications import settlement_notifications
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.refund import with_refunds_known
from paystream.ports.stores import Stores
from paystream.use_cases.record_outcome import decide, read_invoice


def restore_invoice(stored: Payment, customer: Customer, *, stores: Stores, now: datetime) -> Invoice:
    """The attempt is on record: nothing is sent. An invoice that was put into the table anew gets its state back.

    Raises VersionConflictError if somebody else writes it: repeat it.
    """
    invoice = read_invoice(stores, stored.organization_id, stored.invoice_id)
    if invoice.attempt >= stored.attempt:
        return invoice
    outcome = Outcome(
        status=stored.payment_status,
        intent_status=stored.status,
        intent_id=stored.provider_payment_id,
        remaining_amount_cents=stored.remaining_amount_cents,
        failure=stored.failure,
        next_action=stored.next_action,
    )
    blank = replace(stored, status="pending", payment_status=PayableStatus.PENDING)
    attempts = _attempts(stored, stores)
    known = replace(
        with_refunds_known(invoice, attempts), declined_payment_method_ids=_declined_before(stored, attempts)
    )
    settlement = decide(known, blank, outcome, stores=stores, now=now)
    if settlement is None:
        return invoice
    return stores.invoices.settle(settlement, settlement_notifications(settlement, customer, now))


def with_declines_known(invoice: Invoice, stored: Payment, stores: Stores) -> Invoice:
    """An invoice that was put into the table anew, with what was charged in vain before this attempt."""
    return replace(invoice, declined_payment_method_ids=_declined_before(stored, _attempts(stored, stores)))


def _attempts(stored: Payment, stores: Stores) -> tuple[Payment, ...]:
    payments = stores.payments.of_invoice(stored.organization_id, stored.invoice_id)
    return tuple(one for one in payments if isinstance(one, Payment))


def _declined_before(stored: Payment, attempts: tuple[Payment, ...]) -> tuple[str, ...]:
    """What was charged in vain in the attempts before, the oldest first."""
    before = sorted((one for one in attempts if one.attempt < stored.attempt), key=lambda one: one.attempt)
    failed = (one for one in before if one.payment_status is PayableStatus.FAILED)
    return tuple(one.pays_with or "" for one in failed if not one.link or one.payment_method_id)
