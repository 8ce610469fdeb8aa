"""Ask Stripe for the payment method that an invoice waits for: the event about it may never come (rule 7)."""

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
    """Store the method that will be charged, if Stripe has one by now and there is an account to ask. One that is known
    is replaced by Stripe's default only. A customer that Stripe has deleted is forgotten.

    Returns the updated customer. A function that changes the customer at the same time knows more. Raises
    OutcomeUnknownError, KeyRefusedError.
    """
    if integration is None or customer.provider_customer_id is None:
        return customer
    with calls_stripe(integration, "customer.retrieve", stores=stores, gateways=gateways, now=now) as gateway:
        found = gateway.customer(customer.provider_customer_id)
    if found is None:
        return _forgotten(customer, stores, now)
    if found.payment_method_id in (None, customer.payment_method_id):
        return customer
    if customer.payment_method_id and not found.is_default:
        return customer
    known = replace(
        customer,
        payment_method_id=found.payment_method_id,
        payment_method_as_of=now - _CLOCK_DIFFERENCE,
        updated_at=now,
    )
    try:
        return stores.customers.save(known)
    except VersionConflictError:
        return stores.customers.get(customer.organization_id, customer.external_id) or customer


def _forgotten(customer: Customer, stores: Stores, now: datetime) -> Customer:
    """Stripe has deleted it, and the event about that did not come."""
    try:
        return forget_dead_customer(customer, stores=stores, now=now)
    except VersionConflictError:
        return stores.customers.get(customer.organization_id, customer.external_id) or customer
