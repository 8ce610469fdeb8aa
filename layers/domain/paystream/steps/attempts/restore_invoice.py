"""Give an invoice whose item was replaced its state back, from what is on record beside the item."""

from dataclasses import replace
from datetime import datetime

from paystream.lago.invoice_notifications import settlement_notifications
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.moves import move, park, postpone
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.received import as_on_record, is_forgotten, paid_otherwise
from paystream.model.standing import Stage
from paystream.ports.stores import Stores
from paystream.steps.accounts.connected import Accounts
from paystream.steps.attempts.read_invoice import read_invoice
from paystream.steps.attempts.read_payments import attempts_of, payments_besides
from paystream.steps.attempts.record_outcome import FindOther, decide


def restore_invoice(
    invoice_id: str, customer: Customer, *, find_other: FindOther | None = None, stores: Stores, now: datetime
) -> Invoice:
    """What is on record counts: nothing is sent. With `find_other` another method goes on being what is charged next,
    where one was declined for good and the customer has agreed.

    Raises VersionConflictError if another function writes it: repeat it; and what asking Stripe raises.
    """
    # Read again: the invoice's version vouches only for what was read after it.
    invoice = read_invoice(stores, customer.organization_id, invoice_id)
    attempts = tuple(attempts_of(invoice, stores))
    history, besides = payments_besides(invoice, stores)
    latest = attempts[-1] if attempts else None
    if not is_forgotten(invoice, (*attempts, *besides), history):
        return invoice
    is_decided_again = latest is not None and latest.payment_status is not PayableStatus.PENDING
    counted = (*attempts[:-1], _begun(attempts[-1])) if is_decided_again else attempts
    known = replace(
        as_on_record(invoice, (*counted, *besides), history),
        attempt=max(invoice.attempt, len(attempts)),
        declined_payment_method_ids=_declined_before(attempts),
    )
    if history and history.voided_at:
        voided = replace(known, voided_at=history.voided_at)
        return stores.invoices.save(move(voided, Stage.VOIDED, due_at=now, now=now))
    other = paid_otherwise(invoice, (*attempts, *besides), history)
    if other:
        return stores.invoices.save(park(known, *other, due_at=now, now=now))
    if latest and is_decided_again:
        return _decided_again(known, latest, customer, find_other, stores=stores, now=now)
    return stores.invoices.save(_settled(known, now))


def restored(invoice: Invoice, *, find_other: FindOther | None = None, stores: Stores, now: datetime) -> Invoice:
    """The invoice, which got its state back if a backup was put over it. Raises as `restore_invoice` does."""
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    if customer is None or not invoice.is_owed or not invoice.attempt_started_at:
        return invoice
    history, besides = payments_besides(invoice, stores)
    if not is_forgotten(invoice, (*attempts_of(invoice, stores), *besides), history):
        return invoice
    return restore_invoice(invoice.lago_id, customer, find_other=find_other, stores=stores, now=now)


def _settled(known: Invoice, now: datetime) -> Invoice:
    if known.total_due_amount_cents:
        return replace(known, updated_at=now)
    return move(known, Stage.PAID, due_at=now, now=now)


def with_declines_known(invoice: Invoice, stores: Stores) -> Invoice:
    """An invoice whose item was replaced, with what was charged without success before the last attempt."""
    return replace(invoice, declined_payment_method_ids=_declined_before(tuple(attempts_of(invoice, stores))))


def _decided_again(
    known: Invoice,
    latest: Payment,
    customer: Customer,
    find_other: FindOther | None,
    *,
    stores: Stores,
    now: datetime,
) -> Invoice:
    outcome = Outcome(
        status=latest.payment_status,
        intent_status=latest.status,
        intent_id=latest.provider_payment_id,
        remaining_amount_cents=latest.remaining_amount_cents,
        failure=latest.failure,
        next_action=latest.next_action,
    )
    accounts = Accounts(known.organization_id, stores)
    begun = _begun(latest)
    other = find_other(known, begun, outcome, customer, accounts) if find_other else None
    settlement = decide(known, begun, outcome, customer=customer, accounts=accounts, other=other, now=now)
    if settlement is None:
        return known
    if latest.is_to_be_closed and latest.amount_cents > settlement.invoice.total_due_amount_cents:
        settlement = replace(settlement, invoice=postpone(settlement.invoice, now, now=now))
    return stores.invoices.settle(settlement, settlement_notifications(settlement, customer, now))


def _begun(attempt: Payment) -> Payment:
    """The attempt as it was before its outcome was known, which is decided once more."""
    return replace(attempt, status="pending", payment_status=PayableStatus.PENDING)


def _declined_before(attempts: tuple[Payment, ...]) -> tuple[str, ...]:
    """What was charged without success in the attempts before the last one, the oldest first."""
    failed = (one for one in attempts[:-1] if one.payment_status is PayableStatus.FAILED)
    return tuple(one.pays_with or "" for one in failed if not one.link or one.payment_method_id)
