"""Apply what Stripe says of payment methods. Events come in any order and more than once; foreign ones are ignored."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from paystream.errors import VersionConflictError
from paystream.model.card_declines import without_hard
from paystream.model.customer import Customer, Renewal
from paystream.model.integration import Integration
from paystream.ports.messages import CollectionQueue
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.use_cases.stripe_events.default_at_stripe import with_default_at_stripe
from paystream.use_cases.stripe_events.linked_customers import linked_customers
from paystream.use_cases.stripe_events.payment_method_events import (
    DefaultChanged,
    MethodAttached,
    MethodDetached,
    MethodRenewed,
    MethodSaved,
    PaymentMethodEvent,
    is_old,
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
    ours = linked_customers(event.provider_customer_id, integration, stores)
    said = with_default_at_stripe(event, ours, integration, stores=stores, gateways=gateways, now=now)
    if said is None:
        return False
    for known in ours:
        customer = _keep_current(known, said, stores, now)
        changed = customer is not known
        if customer.pays_with and (changed or _something_waits(customer, stores)):
            queue.collect_waiting(customer.organization_id, customer.external_id)
    return bool(ours)


def _something_waits(customer: Customer, stores: Stores) -> bool:
    """Whether an event that says nothing new repeats one whose message to the queue was lost."""
    return any(True for _ in stores.invoices.waiting(customer.organization_id, customer.external_id))


def _with_news(customer: Customer, event: PaymentMethodEvent) -> Customer:
    """The customer after the event; as it was where that says nothing of its default or is older than what is known."""
    if is_old(event, customer):
        return customer
    match event:
        case MethodAttached():
            return customer
        case MethodRenewed():
            return _renewed(customer, event)
        case MethodDetached():
            if customer.payment_method_id not in (None, event.payment_method_id):
                return customer
            wanted = None
        case MethodSaved() | DefaultChanged():
            wanted = event.payment_method_id
        case _:
            assert_never(event)
    return replace(customer, payment_method_id=wanted, payment_method_as_of=event.occurred_at)


def _renewed(customer: Customer, event: MethodRenewed) -> Customer:
    """Only what is charged counts, and the latest news of it."""
    renewal = Renewal(payment_method_id=event.payment_method_id, at=event.occurred_at)
    known = customer.renewal
    is_old_news = known is not None and known.payment_method_id == renewal.payment_method_id and known.at >= renewal.at
    is_charged = customer.payment_method_id == event.payment_method_id
    if is_old_news or not is_charged:
        return customer
    declines = without_hard(customer.card_declines, event.payment_method_id)
    return replace(customer, renewal=renewal, card_declines=declines)


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
