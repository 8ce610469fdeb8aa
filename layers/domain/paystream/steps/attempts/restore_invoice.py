"""Give an invoice whose item was replaced its state back, from the payments on record."""

from dataclasses import replace
from datetime import datetime

from paystream.lago.invoice_notifications import settlement_notifications
from paystream.model.customer import Customer
from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice
from paystream.model.item_history import with_payments
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.ports.stores import Stores
from paystream.steps.accounts.connected import Accounts
from paystream.steps.attempts.read_invoice import read_invoice
from paystream.steps.attempts.record_outcome import decide


def restore_invoice(stored: Payment, customer: Customer, *, stores: Stores, now: datetime) -> Invoice:
    """The attempt is on record: nothing is sent. An invoice whose item was replaced gets its state back.

    Raises VersionConflictError if another function writes it: repeat it.
    """
    invoice = read_invoice(stores, stored.organization_id, stored.invoice_id)
    if invoice.attempt >= stored.attempt:
        return invoice
    attempts = _attempts(stored, stores)
    # Read again: the invoice's version vouches only for what was read after it.
    stored = next((one for one in attempts if one.lago_id == stored.lago_id), stored)
    outcome = Outcome(
        status=stored.payment_status,
        intent_status=stored.status,
        intent_id=stored.provider_payment_id,
        remaining_amount_cents=stored.remaining_amount_cents,
        failure=stored.failure,
        next_action=stored.next_action,
    )
    blank = replace(stored, status="pending", payment_status=PayableStatus.PENDING)
    known = replace(
        with_payments(invoice, (blank if one.lago_id == stored.lago_id else one for one in attempts)),
        declined_payment_method_ids=_declined_before(stored, attempts),
    )
    accounts = Accounts(invoice.organization_id, stores)
    settlement = decide(known, blank, outcome, customer=customer, accounts=accounts, now=now)
    if settlement is None:
        return invoice
    return stores.invoices.settle(settlement, settlement_notifications(settlement, customer, now))


def with_declines_known(invoice: Invoice, stored: Payment, stores: Stores) -> Invoice:
    """An invoice whose item was replaced, with what was charged without success before this attempt."""
    return replace(invoice, declined_payment_method_ids=_declined_before(stored, _attempts(stored, stores)))


def _attempts(stored: Payment, stores: Stores) -> tuple[Payment, ...]:
    """All until this one: they are there without a gap, but for the first."""
    organization_id, invoice_id = stored.organization_id, stored.invoice_id
    ids = [payment_id(organization_id, invoice_id, attempt) for attempt in range(1, stored.attempt + 1)]
    return stores.payments.batch(organization_id, ids)


def _declined_before(stored: Payment, attempts: tuple[Payment, ...]) -> tuple[str, ...]:
    """What was charged without success in the attempts before, the oldest first."""
    before = sorted((one for one in attempts if one.attempt < stored.attempt), key=lambda one: one.attempt)
    failed = (one for one in before if one.payment_status is PayableStatus.FAILED)
    return tuple(one.pays_with or "" for one in failed if not one.link or one.payment_method_id)
