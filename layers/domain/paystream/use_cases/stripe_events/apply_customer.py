"""Apply that Stripe has deleted a customer."""

from dataclasses import dataclass
from datetime import datetime

from paystream.errors import VersionConflictError
from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.ports.messages import CollectionQueue
from paystream.ports.stores import Stores
from paystream.steps.customers.forget_dead_customer import forget_dead_customer
from paystream.use_cases.stripe_events.linked_customers import linked_customers

_AFTER_IT_IS_WRITTEN = 60
"""Seconds. The message is sent before the write: after it, nobody would know of it once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDeleted:
    """It cannot be undone, so that it does not matter when it is heard: https://docs.stripe.com/api/customers/delete"""

    provider_customer_id: str


def apply_customer_deleted(
    event: CustomerDeleted, *, integration: Integration, stores: Stores, queue: CollectionQueue, now: datetime
) -> bool:
    """Take our customers off it, and have a new one made where the account makes customers. False if none is ours.

    Raises VersionConflictError: let Stripe repeat it.
    """
    ours = linked_customers(event.provider_customer_id, integration, stores)
    for customer in ours:
        queue.collect_waiting(customer.organization_id, customer.external_id, after_seconds=_AFTER_IT_IS_WRITTEN)
        _forget(customer, event, stores, now)
    return bool(ours)


def _forget(customer: Customer, event: CustomerDeleted, stores: Stores, now: datetime) -> None:
    """Its methods are detached at the same time, of which Stripe tells at the same time."""
    try:
        forget_dead_customer(customer, stores=stores, now=now)
    except VersionConflictError:
        fresh = stores.customers.get(customer.organization_id, customer.external_id)
        if fresh and fresh.provider_customer_id == event.provider_customer_id:
            forget_dead_customer(fresh, stores=stores, now=now)
