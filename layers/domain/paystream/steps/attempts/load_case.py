"""Load what is to be decided about an invoice: each row once."""

from collections.abc import Iterator
from datetime import datetime

from paystream.model.case import Case, Learned, Occasion
from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice
from paystream.model.payment import Payment
from paystream.ports.stores import Stores
from paystream.steps.accounts.connected import Accounts


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
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    attempts = tuple(attempts_of(invoice, stores))
    followed = {attempt.lago_id: accounts.of(attempt) for attempt in attempts if not _is_over(attempt)}
    return Case(
        invoice=invoice,
        occasion=occasion,
        now=now,
        attempts=attempts,
        customer=customer,
        account=accounts.for_new(customer) if customer else None,
        sent_through={lago_id: account for lago_id, account in followed.items() if account},
        learned=learned,
    )


def _is_over(attempt: Payment) -> bool:
    return not (attempt.is_in_flight or attempt.is_to_be_closed or attempt.is_spent)


def attempts_of(invoice: Invoice, stores: Stores) -> Iterator[Payment]:
    """The payments of the attempts that are on record.

    The first one may not be, each later one is from its beginning: so they are there without a gap. An item that was
    replaced does not know how many there are.
    """
    organization_id = invoice.organization_id
    if invoice.attempt > 1:
        ids = [payment_id(organization_id, invoice.lago_id, attempt) for attempt in range(1, invoice.attempt + 1)]
        yield from sorted(stores.payments.batch(organization_id, ids), key=lambda payment: payment.attempt)
        return
    found = stores.payments.get(organization_id, payment_id(organization_id, invoice.lago_id, 1))
    while found:
        yield found
        if invoice.attempt:
            return
        following = payment_id(organization_id, invoice.lago_id, found.attempt + 1)
        found = stores.payments.get(organization_id, following)


def last_payment(invoice: Invoice, stores: Stores) -> Payment | None:
    """The payment of the last attempt, if that is on record."""
    last = payment_id(invoice.organization_id, invoice.lago_id, max(invoice.attempt, 1))
    return stores.payments.get(invoice.organization_id, last)
