"""Apply what Stripe says of a payment intent. Events come in any order and more than once; foreign ones are ignored."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from paystream.errors import VersionConflictError
from paystream.model.bank_transfer import bank_transfer_of
from paystream.model.customer import Customer, FormerLink
from paystream.model.integration import Integration
from paystream.model.intent_metadata import NamedAttempt, named_attempt
from paystream.model.invoice import Invoice
from paystream.model.moves import postpone
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.settlement import is_news
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.attempts.besides import is_of_another_intent, payment_besides
from paystream.steps.attempts.read_invoice import refuse_if_forgotten
from paystream.steps.attempts.record_outcome import FindOther, record_outcome
from paystream.steps.attempts.restore_invoice import restored
from paystream.steps.look_ups.find_next_method import find_next_method
from paystream.steps.look_ups.former_customers import links_of_former_customers
from paystream.use_cases.stripe_events.payment_method_events import MethodSaved

_PAID_BY_LINK = ("succeeded", "processing")
"""Whatever else becomes of an intent while its page is open, the customer may try again there."""

_SentThrough = Payment | Customer | FormerLink


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentEvent:
    """A payment intent has reached a new status; amounts in minor units. `idempotency_key` is that of the request which
    made it so, if one did: https://docs.stripe.com/api/events/object#event_object-request. `saves_method`: what it is
    paid with is kept for charges off session, as on our pages.
    """

    metadata: Mapping[str, str]
    amount_cents: int
    currency: str
    provider_customer_id: str | None
    outcome: Outcome
    idempotency_key: str | None = None
    occurred_at: datetime
    saves_method: bool = False

    @property
    def saved_method(self) -> MethodSaved | None:
        """What it says of the customer's methods: what has just paid is what is charged from then on."""
        is_paid = self.saves_method and self.outcome.status is PayableStatus.SUCCEEDED
        if not (is_paid and self.provider_customer_id and self.outcome.payment_method_id):
            return None
        return MethodSaved(
            provider_customer_id=self.provider_customer_id,
            payment_method_id=self.outcome.payment_method_id,
            occurred_at=self.occurred_at,
            by_paying=True,
        )


def apply_intent_event(
    event: IntentEvent,
    *,
    integration: Integration,
    stores: Stores,
    gateways: Callable[[], Gateways] | None = None,
    now: datetime,
) -> bool:
    """Record what became of a payment; False if it is not one of ours. Raises VersionConflictError: let Stripe repeat
    it; and what asking Stripe raises.

    Another intent under the name of a payment is money that another system collected: a payment of its own.
    """
    named = named_attempt(event.metadata, integration.organization_id)
    invoice = stores.invoices.get(integration.organization_id, named.invoice_id) if named else None
    stored = stores.payments.get(integration.organization_id, named.payment_id) if named else None
    if named is None or invoice is None:
        if stored:
            raise VersionConflictError("the invoice's item was replaced and is not taken in yet")
        return False
    if stored and _is_known(event, stored, integration):
        return True
    find_other = partial(find_next_method, gateways=gateways, stores=stores, now=now) if gateways else None
    current = restored(invoice, find_other=find_other, stores=stores, now=now)
    if current is not invoice:
        # Read again: the invoice's version vouches only for what was read after it.
        stored = stores.payments.get(integration.organization_id, named.payment_id)
    return _apply(event, named, current, stored, integration=integration, find_other=find_other, stores=stores, now=now)


def _apply(
    event: IntentEvent,
    named: NamedAttempt,
    invoice: Invoice,
    stored: Payment | None,
    *,
    integration: Integration,
    find_other: FindOther | None,
    stores: Stores,
    now: datetime,
) -> bool:
    if named.attempt > invoice.attempt + 1:
        return False
    sender = _sender(event, invoice, stored, integration, stores)
    if sender is None:
        return False
    customer, sent_through = sender
    if _may_be_anothers(event, named, stored):
        if event.outcome.status is not PayableStatus.SUCCEEDED:
            _look_up_soon(invoice, stores, now)
            return True
        event = replace(event, outcome=replace(event.outcome, is_only_heard=True))
    if stored and is_of_another_intent(stored, event.outcome.intent_id):
        refuse_if_forgotten(invoice, stored)
        stored = payment_besides(stored, str(event.outcome.intent_id), stores=stores, now=now)
    payment = stored or _new_payment(
        named,
        event,
        invoice=invoice,
        customer=customer,
        link=sent_through,
        integration=integration,
        now=now,
    )
    record_outcome(invoice, payment, event.outcome, customer=customer, find_other=find_other, stores=stores, now=now)
    return True


def _may_be_anothers(event: IntentEvent, named: NamedAttempt, stored: Payment | None) -> bool:
    """Whether the attempt's intent is not known, and nothing says that this is the one: an answer would, and so does
    the key of the request that the event comes from. What is paid on a page has no key of ours.
    """
    is_known = stored is not None and (stored.provider_payment_id is not None or stored.link is not None)
    return not is_known and event.idempotency_key != named.payment_id


def _look_up_soon(invoice: Invoice, stores: Stores, now: datetime) -> None:
    """Anybody who may write to the account can write such a name. A function that writes the invoice at the same time
    has set its time.
    """
    if invoice.is_open and invoice.due_at and invoice.due_at > now:
        with suppress(VersionConflictError):
            stores.invoices.save(postpone(invoice, now, keeps_claim=True, now=now))


def _sender(
    event: IntentEvent, invoice: Invoice, stored: Payment | None, integration: Integration, stores: Stores
) -> tuple[Customer, _SentThrough] | None:
    """For whom the intent was sent, and how; None if it is not ours, or says nothing of the payment that is stored."""
    if stored and _is_inconclusive(event, stored):
        return None
    ways = _ways(invoice, stored, stores)
    return next(((customer, link) for customer, link in ways if _is_of(event, link, integration)), None)


def _is_known(event: IntentEvent, stored: Payment, integration: Integration) -> bool:
    """Whether it is this payment's intent, and the payment says as much already, as a rule by a request's answer."""
    is_its_own = stored.provider_payment_id == event.outcome.intent_id and _is_of(event, stored, integration)
    return is_its_own and not is_news(stored, event.outcome)


def _is_inconclusive(event: IntentEvent, stored: Payment) -> bool:
    """A try on a page that is still open, or another intent that has collected nothing."""
    is_a_try = stored.is_open_payment_link and event.outcome.intent_status not in _PAID_BY_LINK
    is_another = is_of_another_intent(stored, event.outcome.intent_id)
    return is_a_try or (is_another and event.outcome.status is not PayableStatus.SUCCEEDED)


def _ways(invoice: Invoice, stored: Payment | None, stores: Stores) -> Iterator[tuple[Customer, _SentThrough]]:
    """Where the attempt was sent, or can have been: anybody who may write to some account can write metadata."""
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    if customer is None and stored:
        customer = stores.customers.get(invoice.organization_id, stored.external_customer_id)
    if customer:
        links: tuple[_SentThrough, ...] = (stored,) if stored else (customer, *customer.former_links)
        yield from ((customer, link) for link in links)
    if stored is None:
        yield from links_of_former_customers(invoice, stores)


def _is_of(event: IntentEvent, link: _SentThrough, integration: Integration) -> bool:
    """Of two codes of one account, both endpoints get the event: the first that is heard counts."""
    return integration.leads_to(link) and link.provider_customer_id == event.provider_customer_id


def _new_payment(
    named: NamedAttempt,
    event: IntentEvent,
    *,
    invoice: Invoice,
    customer: Customer,
    link: _SentThrough,
    integration: Integration,
    now: datetime,
) -> Payment:
    return Payment(
        organization_id=invoice.organization_id,
        lago_id=named.payment_id,
        invoice_id=invoice.lago_id,
        invoice_number=invoice.number,
        attempt=named.attempt,
        external_customer_id=customer.external_id,
        lago_customer_id=customer.lago_id,
        payment_provider_code=str(link.payment_provider_code),
        integration_id=str(link.integration_id),
        account_key=integration.account_key,
        provider_customer_id=event.provider_customer_id or "",
        amount_cents=event.amount_cents,
        currency=event.currency,
        payment_method_id=event.outcome.payment_method_id,
        bank_transfer=bank_transfer_of(customer, event.currency),
        on_session=customer.requires_on_session,
        created_at=now,
        updated_at=now,
    )
