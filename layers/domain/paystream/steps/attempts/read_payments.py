"""Read what is on record of an invoice beside its item: its payments, and its history."""

from collections.abc import Iterator, Mapping, Sequence

from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice
from paystream.model.item_history import ItemHistory
from paystream.model.manual_payment import AnyPayment
from paystream.model.payment import Payment
from paystream.model.received import OnRecord
from paystream.ports.stores import Stores


def attempts_of(invoice: Invoice, stores: Stores) -> Iterator[Payment]:
    """The payments of the attempts that are on record.

    The first one may not be, each later one is from its beginning: so they are there without a gap. An item that was
    replaced does not know how many there are.
    """
    organization_id = invoice.organization_id
    known: tuple[Payment, ...] = ()
    if invoice.attempt:
        ids = [payment_id(organization_id, invoice.lago_id, attempt) for attempt in range(1, invoice.attempt + 2)]
        found = stores.payments.batch(organization_id, ids)
        known = tuple(sorted(found, key=lambda payment: payment.attempt))
        yield from known
    last = known[-1].attempt if known else 0
    is_all = invoice.attempt > 0 and last <= invoice.attempt
    following = None if is_all else _attempt(invoice, last + 1, stores)
    while following:
        yield following
        following = _attempt(invoice, following.attempt + 1, stores)


def payments_of_each(invoices: Sequence[Invoice], stores: Stores) -> Mapping[str, tuple[AnyPayment, ...]]:
    """All payments on record of some invoices of one organization, by the invoice's id: each kind is read at once."""
    numbers = {one.lago_id: range(1, one.attempt + 2) for one in invoices}
    found: dict[str, list[AnyPayment]] = {lago_id: [] for lago_id in numbers}
    for organization_id in {one.organization_id for one in invoices}:
        ids = [payment_id(organization_id, lago_id, number) for lago_id in numbers for number in numbers[lago_id]]
        for attempt in stores.payments.batch(organization_id, ids):
            found[attempt.invoice_id].append(attempt)
        histories = stores.invoices.known_histories(organization_id, list(numbers))
        for invoice in invoices:
            found[invoice.lago_id] += _rest(invoice, found[invoice.lago_id], histories.get(invoice.lago_id), stores)
    return {lago_id: tuple(payments) for lago_id, payments in found.items()}


def _rest(
    invoice: Invoice, known: Sequence[AnyPayment], history: ItemHistory | None, stores: Stores
) -> Iterator[AnyPayment]:
    """What follows where there are more attempts than the item knows, and what follows from none."""
    last = max((one.attempt for one in known if isinstance(one, Payment)), default=0)
    following = _attempt(invoice, last + 1, stores) if last > invoice.attempt else None
    while following:
        yield following
        following = _attempt(invoice, following.attempt + 1, stores)
    if history:
        yield from payments_of(invoice, history, stores)


def _attempt(invoice: Invoice, attempt: int, stores: Stores) -> Payment | None:
    lago_id = payment_id(invoice.organization_id, invoice.lago_id, attempt)
    return stores.payments.get(invoice.organization_id, lago_id)


def payments_besides(invoice: Invoice, stores: Stores) -> tuple[ItemHistory | None, tuple[AnyPayment, ...]]:
    """What is kept of the invoice beside its item, and its payments that follow from no attempt."""
    history = stores.invoices.known_history(invoice.organization_id, invoice.lago_id)
    return history, payments_of(invoice, history, stores) if history else ()


def on_record(invoice: Invoice, stores: Stores) -> OnRecord:
    """All payments of the invoice, and what is kept of it beside its item. Its version vouches for them."""
    history, besides = payments_besides(invoice, stores)
    return OnRecord((*attempts_of(invoice, stores), *besides), history)


def payments_of(invoice: Invoice, history: ItemHistory, stores: Stores) -> tuple[AnyPayment, ...]:
    """The payments that the invoice's history knows, but for an id that was used for another invoice meanwhile."""
    found = (stores.payments.find(invoice.organization_id, lago_id) for lago_id in history.payment_ids)
    return tuple(payment for payment in found if payment and payment.invoice_id == invoice.lago_id)


def last_payment(invoice: Invoice, stores: Stores) -> Payment | None:
    """The payment of the last attempt, if that is on record."""
    last = payment_id(invoice.organization_id, invoice.lago_id, max(invoice.attempt, 1))
    return stores.payments.get(invoice.organization_id, last)
