"""Ask Stripe for a customer's default: the event about it may never come (rule 7)."""

from dataclasses import replace
from datetime import datetime, timedelta

from paystream.errors import VersionConflictError
from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.customers.forget_dead_customer import forget_dead_customer

_CLOCK_DIFFERENCE = timedelta(minutes=1)


def find_payment_method(
    customer: Customer, integration: Integration | None, *, stores: Stores, gateways: Gateways, now: datetime
) -> Customer:
    """Store the default, if Stripe has one by now and there is an account to ask. A customer that Stripe has deleted is
    forgotten.

    Returns the updated customer. A function that changes the customer at the same time knows more. Raises
    OutcomeUnknownError, KeyRefusedError.
    """
    if integration is None or customer.provider_customer_id is None:
        return customer
    current = with_current_default(customer, integration, stores=stores, gateways=gateways, now=now)
    has_none = current.provider_customer_id is not None and current.payment_method_id is None
    return customer if has_none else keep_default(customer, current, stores)


def read_again(
    customer: Customer, integration: Integration, *, stores: Stores, gateways: Gateways, now: datetime
) -> Customer:
    """The customer with Stripe's default of now, stored; or without one. Raises as `find_payment_method` does."""
    current = with_current_default(customer, integration, stores=stores, gateways=gateways, now=now)
    return keep_default(customer, current, stores)


def with_current_default(
    customer: Customer, integration: Integration, *, stores: Stores, gateways: Gateways, now: datetime
) -> Customer:
    """The customer with Stripe's default of now, not stored. One that Stripe has deleted is forgotten."""
    with calls_stripe(integration, "customer.retrieve", stores=stores, gateways=gateways, now=now) as gateway:
        found = gateway.customer(str(customer.provider_customer_id))
    if found is None:
        return _forgotten(customer, stores, now)
    return replace(
        customer,
        payment_method_id=found.payment_method_id,
        payment_method_as_of=now - _CLOCK_DIFFERENCE,
        updated_at=now,
    )


def keep_default(known: Customer, current: Customer, stores: Stores) -> Customer:
    """Store it, if it is another one than is known. One that was forgotten is stored without its link."""
    if current.provider_customer_id is None:
        return current
    if current.payment_method_id == known.payment_method_id:
        return known
    try:
        return stores.customers.save(current)
    except VersionConflictError:
        return stores.customers.get(known.organization_id, known.external_id) or known


def _forgotten(customer: Customer, stores: Stores, now: datetime) -> Customer:
    """Stripe has deleted it, and the event about that did not come."""
    try:
        return forget_dead_customer(customer, stores=stores, now=now)
    except VersionConflictError:
        return stores.customers.get(customer.organization_id, customer.external_id) or customer
