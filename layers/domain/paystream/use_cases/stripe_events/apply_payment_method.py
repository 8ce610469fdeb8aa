"""Apply what Stripe says of payment methods. Events come in any order and more than once; foreign ones are ignored."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from paystream.errors import ProviderRefusedError, VersionConflictError
from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.ports.messages import CollectionQueue
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.use_cases.stripe_events.linked_customers import linked_customers


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSaved:
    """A method was set up to be charged off session."""

    provider_customer_id: str
    payment_method_id: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultChanged:
    """Stripe's own default is another one; None: there is none any more."""

    provider_customer_id: str
    payment_method_id: str | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodAttached:
    """A method of this type has come."""

    provider_customer_id: str
    payment_method_id: str
    method_type: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodDetached:
    """A method is gone."""

    provider_customer_id: str
    payment_method_id: str
    occurred_at: datetime


PaymentMethodEvent = MethodSaved | DefaultChanged | MethodAttached | MethodDetached
"""The payment methods of a Stripe customer have changed."""


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
    ours = linked_customers(event.provider_customer_id, integration, stores)
    is_news = not all(_is_old(event, customer) for customer in ours)
    if isinstance(event, MethodSaved) and is_news and not _make_default(event, integration, stores, gateways, now):
        return False
    for known in ours:
        customer = _keep_current(known, event, stores, now)
        changed = customer is not known
        if customer.pays_with and (changed or _something_waits(customer, stores)):
            queue.collect_waiting(customer.organization_id, customer.external_id)
    return bool(ours)


def _something_waits(customer: Customer, stores: Stores) -> bool:
    """Whether an event that says nothing new repeats one whose message to the queue was lost."""
    return any(True for _ in stores.invoices.waiting(customer.organization_id, customer.external_id))


def _make_default(
    event: MethodSaved, integration: Integration, stores: Stores, gateways: Gateways, now: datetime
) -> bool:
    """Make the saved method Stripe's default; False if it cannot be: it was detached, or its customer deleted."""
    try:
        with calls_stripe(integration, "customer.update", stores=stores, gateways=gateways, now=now) as gateway:
            gateway.set_default_payment_method(event.provider_customer_id, event.payment_method_id)
    except ProviderRefusedError:
        return False
    return True


def _with_news(customer: Customer, event: PaymentMethodEvent) -> Customer:
    """The customer after the event; as it was where that says nothing of its default or is older than what is known."""
    if _is_old(event, customer):
        return customer
    match event:
        case MethodAttached():
            is_usable = event.method_type in customer.charged_types
            is_first = customer.payment_method_id is None
            return replace(customer, payment_method_id=event.payment_method_id) if is_first and is_usable else customer
        case MethodDetached():
            if customer.payment_method_id not in (None, event.payment_method_id):
                return customer
            wanted = None
        case MethodSaved() | DefaultChanged():
            wanted = event.payment_method_id
        case _:
            assert_never(event)
    return replace(customer, payment_method_id=wanted, payment_method_as_of=event.occurred_at)


def _is_old(event: PaymentMethodEvent, customer: Customer) -> bool:
    """Whether later news is known. Stripe's times are whole seconds, ours are not.

    That a method was attached does not outweigh news of the same second: it may have been detached in it.
    """
    if customer.payment_method_as_of is None:
        return False
    known = customer.payment_method_as_of.replace(microsecond=0)
    return event.occurred_at <= known if isinstance(event, MethodAttached) else event.occurred_at < known


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
