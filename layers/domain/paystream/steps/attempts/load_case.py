"""Load what is to be decided about an invoice: each row once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from paystream.model.case import Case, Learned, Occasion
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.item_history import ItemHistory
from paystream.model.payment import Payment
from paystream.model.standing import Stage
from paystream.ports.stores import Stores
from paystream.steps.accounts.connected import Accounts
from paystream.steps.attempts.read_payments import attempts_of, payments_besides


def load_case(
    invoice: Invoice,
    occasion: Occasion,
    accounts: Accounts,
    *,
    stores: Stores,
    learned: frozenset[Learned] = frozenset(),
    now: datetime,
) -> Case:
    """The case of an invoice, whose version vouches for what is read here after it."""
    attempts = tuple(attempts_of(invoice, stores))
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    former = _former_customer(attempts, stores) if customer is None else None
    followed = {attempt.lago_id: accounts.of(attempt) for attempt in attempts if not _is_over(attempt)}
    is_known = occasion is not Occasion.NEW and (invoice.is_owed or invoice.stage is Stage.SETTLING)
    history, besides = payments_besides(invoice, stores) if is_known else (None, ())
    return Case(
        invoice=_with_what_was_notified(invoice, history),
        occasion=occasion,
        now=now,
        attempts=attempts,
        history=history,
        besides=besides,
        customer=customer,
        former_customer=former,
        account=accounts.for_new(customer) if customer else None,
        sent_through={lago_id: account for lago_id, account in followed.items() if account},
        learned=learned,
    )


def _with_what_was_notified(invoice: Invoice, history: ItemHistory | None) -> Invoice:
    """A backup that was put over its item may be older than its notification: it is notified once all the same."""
    notified_at = history.overdue_notified_at if history else None
    return replace(invoice, overdue_notified_at=invoice.overdue_notified_at or notified_at)


def _former_customer(attempts: Sequence[Payment], stores: Stores) -> Customer | None:
    return stores.customers.get(attempts[-1].organization_id, attempts[-1].external_customer_id) if attempts else None


def _is_over(attempt: Payment) -> bool:
    return not (attempt.is_in_flight or attempt.is_to_be_closed or attempt.is_spent)
