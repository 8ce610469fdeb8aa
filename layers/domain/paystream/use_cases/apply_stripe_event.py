"""Apply an event that Stripe sent. Events come in any order and more than once; foreign ones are ignored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from paystream.errors import ProviderRefusedError, VersionConflictError
from paystream.model.bank_transfer import bank_transfer_of
from paystream.model.customer import Customer, FormerLink
from paystream.model.identifiers import derived_id, payment_id
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.ports.messages import CollectionQueue
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.use_cases.find_integration import integration_of
from paystream.use_cases.record_outcome import record_outcome
from paystream.use_cases.refused_key import stripe_asked

_PAID_BY_LINK = ("succeeded", "processing")
"""Whatever else becomes of an intent while its page is open, the customer may try again there."""

_ATTEMPT = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentEvent:
    """A payment intent has reached a new status; amounts in minor units."""

    metadata: Mapping[str, str]
    amount_cents: int
    currency: str
    provider_customer_id: str | None
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethodEvent:
    """The payment methods of a Stripe customer have changed.

    `payment_method_id` is the method in question (None: there is no default any more). `saved` is a method set up to be
    charged off session, `is_default` says that Stripe's own default is meant, `attached_type` is the type of one that
    has come, `detached` says that it is gone.
    """

    provider_customer_id: str
    payment_method_id: str | None
    occurred_at: datetime
    saved: bool = False
    is_default: bool = False
    attached_type: str | None = None
    detached: bool = False


def apply_intent_event(event: IntentEvent, *, integration: Integration, stores: Stores, now: datetime) -> bool:
    """Record what became of a payment; False if it is not one of ours. Raises VersionConflictError: let Stripe repeat
    it.

    A second intent under the name of a payment that succeeded is money collected twice: a payment of its own.
    """
    organization_id = integration.organization_id
    invoice_id, attempt = event.metadata.get("lago_invoice_id", ""), _attempt(event)
    expected_id = payment_id(organization_id, invoice_id, attempt)
    named = (event.metadata.get("lago_organization_id"), event.metadata.get("lago_payment_id"))
    if named != (organization_id, expected_id):
        return False
    invoice = stores.invoices.get(organization_id, invoice_id)
    stored = stores.payments.get(organization_id, expected_id)
    if invoice is None:
        if stored:
            raise VersionConflictError("the invoice was put into the table anew and is not taken in yet")
        return False
    customer = stores.customers.get(organization_id, invoice.external_customer_id)
    if customer is None or not _is_about(event, attempt, invoice):
        return False
    sent_through = next((link for link in _links(customer, stored) if _is_of(event, link, integration)), None)
    if sent_through is None:
        return False
    if stored and _is_no_word(event, stored):
        return False
    if stored and _is_another_intent(event, stored) and stored.payment_status is PayableStatus.SUCCEEDED:
        expected_id = derived_id("payment", expected_id, str(event.outcome.intent_id))
        stored = stores.payments.get(organization_id, expected_id)
    payment = stored or _new_payment(
        expected_id,
        attempt,
        event,
        invoice=invoice,
        customer=customer,
        link=sent_through,
        integration=integration,
        now=now,
    )
    record_outcome(invoice, payment, event.outcome, customer=customer, stores=stores, now=now)
    return True


def _attempt(event: IntentEvent) -> int:
    """The attempt that the event names; 0 if it names none."""
    text = event.metadata.get("paystream_attempt", "")
    return int(text) if _ATTEMPT.fullmatch(text) else 0


def _is_no_word(event: IntentEvent, stored: Payment) -> bool:
    """A try on a page that is still open, or another intent that has collected nothing."""
    is_a_try = stored.is_open_link and event.outcome.intent_status not in _PAID_BY_LINK
    return is_a_try or (_is_another_intent(event, stored) and event.outcome.status is not PayableStatus.SUCCEEDED)


def _is_another_intent(event: IntentEvent, stored: Payment) -> bool:
    return stored.provider_payment_id not in (None, event.outcome.intent_id)


def _is_about(event: IntentEvent, attempt: int, invoice: Invoice) -> bool:
    return event.currency == invoice.currency and 1 <= attempt <= invoice.attempt + 1


def _links(customer: Customer, stored: Payment | None) -> tuple[Payment | Customer | FormerLink, ...]:
    """Where the attempt was sent, or can have been: anybody who may write to some account can write metadata."""
    return (stored,) if stored else (customer, *customer.former_links)


def _is_of(event: IntentEvent, link: Payment | Customer | FormerLink, integration: Integration) -> bool:
    """Of two codes of one account, both endpoints tell of it: the first that is heard counts, whichever it is."""
    return integration.leads_to(link) and link.provider_customer_id == event.provider_customer_id


def _new_payment(
    lago_id: str,
    attempt: int,
    event: IntentEvent,
    *,
    invoice: Invoice,
    customer: Customer,
    link: Payment | Customer | FormerLink,
    integration: Integration,
    now: datetime,
) -> Payment:
    return Payment(
        organization_id=invoice.organization_id,
        lago_id=lago_id,
        invoice_id=invoice.lago_id,
        invoice_number=invoice.number,
        attempt=attempt,
        external_customer_id=invoice.external_customer_id,
        lago_customer_id=customer.lago_id,
        payment_provider_code=str(link.payment_provider_code),
        integration_id=str(link.integration_id),
        account_key=integration.account_key,
        provider_customer_id=event.provider_customer_id or "",
        amount_cents=event.amount_cents,
        currency=event.currency,
        payment_method_id=event.outcome.payment_method_id,
        bank_transfer=bank_transfer_of(customer, event.currency),
        on_session=customer.must_be_there,
        created_at=now,
        updated_at=now,
    )


def apply_payment_method_event(
    event: PaymentMethodEvent,
    *,
    integration: Integration,
    stores: Stores,
    gateways: Gateways,
    queue: CollectionQueue,
    now: datetime,
) -> bool:
    """Keep the default payment method of our customers current and collect what waited for one.

    False if no customer is ours, or if Stripe no longer lets the method be the default: it is gone already.
    Raises VersionConflictError, OutcomeUnknownError, KeyRefusedError: let Stripe repeat it.
    """
    linked = stores.customers.by_provider_id(integration.organization_id, event.provider_customer_id)
    ours = [customer for customer in linked if _is_linked_through(customer, integration, stores)]
    is_news = not all(_is_old(event, customer) for customer in ours)
    if event.saved and is_news and not _make_default(event, integration, stores, gateways, now):
        return False
    for known in ours:
        customer = _keep_current(known, event, stores, now)
        changed = customer is not known
        if customer.pays_with and (changed or _something_waits(customer, stores)):
            queue.collect_waiting(customer.organization_id, customer.external_id)
    return bool(ours)


def _is_linked_through(customer: Customer, integration: Integration, stores: Stores) -> bool:
    """One code of an account speaks for each customer: its own, or another one if that is not connected any more."""
    if customer.payment_provider_code == integration.code:
        return True
    if not integration.leads_to(customer):
        return False
    speaks = integration_of(integration.organization_id, customer, stores)
    return speaks is not None and speaks.code == integration.code


def _something_waits(customer: Customer, stores: Stores) -> bool:
    """Whether an event that says nothing new repeats one whose message to the queue was lost."""
    return any(True for _ in stores.invoices.waiting(customer.organization_id, customer.external_id))


def _make_default(
    event: PaymentMethodEvent, integration: Integration, stores: Stores, gateways: Gateways, now: datetime
) -> bool:
    """Make the saved method Stripe's default; False if it cannot be: it was detached, or its customer deleted."""
    try:
        with stripe_asked(integration, "customer.update", stores=stores, gateways=gateways, now=now) as gateway:
            gateway.set_default_payment_method(event.provider_customer_id, str(event.payment_method_id))
    except ProviderRefusedError:
        return False
    return True


def _with_news(customer: Customer, event: PaymentMethodEvent) -> Customer:
    """The customer after the event; as it was where that says nothing of its default or is older than what is known."""
    if _is_old(event, customer):
        return customer
    if event.attached_type:
        is_usable = event.attached_type in customer.provider_payment_methods
        is_first = customer.payment_method_id is None
        return replace(customer, payment_method_id=event.payment_method_id) if is_first and is_usable else customer
    if event.detached and customer.payment_method_id not in (None, event.payment_method_id):
        return customer
    wanted = None if event.detached else event.payment_method_id
    return replace(customer, payment_method_id=wanted, payment_method_as_of=event.occurred_at)


def _is_old(event: PaymentMethodEvent, customer: Customer) -> bool:
    """Whether later news is known. Stripe's times are whole seconds, ours are not.

    That a method was attached gives way to news of the same second: it may have been detached in it.
    """
    if customer.payment_method_as_of is None:
        return False
    known = customer.payment_method_as_of.replace(microsecond=0)
    return event.occurred_at <= known if event.attached_type else event.occurred_at < known


def _keep_current(customer: Customer, event: PaymentMethodEvent, stores: Stores, now: datetime) -> Customer:
    changed = _with_news(customer, event)
    if changed == customer:
        return customer
    try:
        return stores.customers.save(replace(changed, updated_at=now))
    except VersionConflictError:
        fresh = stores.customers.get(customer.organization_id, customer.external_id)
        if fresh is None:
            raise
        changed = _with_news(fresh, event)
        return fresh if changed == fresh else stores.customers.save(replace(changed, updated_at=now))
