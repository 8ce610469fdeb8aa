"""Create or change a customer, and link it to Stripe when asked to."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from paystream.errors import (
    ConflictError,
    KeyRefusedError,
    NeedsAttentionError,
    OutcomeUnknownError,
    ProviderRefusedError,
    VersionConflictError,
)
from paystream.lago.customer_notifications import provider_customer_error
from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.ports.messages import CollectionQueue
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.refused_key import refusal_marked
from paystream.steps.customers.begin_creation import provider_customer_params
from paystream.steps.customers.links import with_former_link
from paystream.steps.look_ups.find_payment_method import read_again
from paystream.use_cases.customers.create_provider_customer import params_to_change, resume_creation
from paystream.use_cases.customers.customer_as_sent import CustomerChange, as_sent


def upsert_customer(
    change: CustomerChange,
    *,
    organization_id: str,
    stores: Stores,
    gateways: Gateways,
    queue: CollectionQueue,
    new_id: str,
    now: datetime,
) -> Customer:
    """Store the customer, link it to an existing Stripe customer or create one, and collect what waited for that.

    Whatever can be refused is asked of Stripe before anything is written, so that a refusal changes nothing and
    whatever broke off is repaired by sending it again. Only a creation is written first: it must not happen twice. One
    whose outcome is not certain is completed from the queue.

    Who bills itself does so from the beginning: what is collected must not be paid out instead, or the other way round.

    Raises InvalidInputError, ConflictError, ProviderRefusedError, KeyRefusedError, OutcomeUnknownError.
    """
    before = stores.customers.get(organization_id, change.external_id)
    customer, integration = as_sent(
        before, change, organization_id=organization_id, stores=stores, gateways=gateways, new_id=new_id, now=now
    )
    if integration and before and before.provider_customer_id == customer.provider_customer_id:
        _update_at_stripe(before, customer, integration, stores=stores, gateways=gateways, now=now)
    if before and before.pays_by_bank_transfer and not customer.pays_by_bank_transfer:
        customer = replace(customer, paid_by_bank_transfer_until=now)
    customer = _save(with_former_link(before, customer, now), stores)
    customer = _read_again(before, customer, integration, stores=stores, gateways=gateways, now=now)
    customer = _create_now(customer, stores, gateways, queue, now)
    if before is None or customer.pays_with or customer.provider_customer_id != before.provider_customer_id:
        queue.collect_waiting(organization_id, customer.external_id)
    return customer


def _save(customer: Customer, stores: Stores) -> Customer:
    try:
        return stores.customers.save(customer)
    except VersionConflictError as conflict:
        raise ConflictError(
            "customer_changed", "the customer was changed at the same time; send it again", passes=True
        ) from conflict


def _read_again(
    before: Customer | None,
    customer: Customer,
    integration: Integration | None,
    *,
    stores: Stores,
    gateways: Gateways,
    now: datetime,
) -> Customer:
    """The default of one that is newly linked may have changed meanwhile, and an event about it found nobody. Where
    Stripe does not answer, its list of events says so the next day.
    """
    known = (before.integration_id, before.provider_customer_id) if before else None
    is_as_before = known == (customer.integration_id, customer.provider_customer_id)
    if integration is None or customer.provider_customer_id is None or is_as_before:
        return customer
    with suppress(KeyRefusedError, NeedsAttentionError, OutcomeUnknownError):
        return read_again(customer, integration, stores=stores, gateways=gateways, now=now)
    return customer


def _create_now(
    customer: Customer, stores: Stores, gateways: Gateways, queue: CollectionQueue, now: datetime
) -> Customer:
    """Do it in this request, so that the answer has the id; what has no certain outcome is left to the queue."""
    try:
        return resume_creation(customer, stores=stores, gateways=gateways, now=now)
    except (OutcomeUnknownError, VersionConflictError):
        queue.collect_waiting(customer.organization_id, customer.external_id)
        return customer


def _update_at_stripe(
    before: Customer, customer: Customer, integration: Integration, *, stores: Stores, gateways: Gateways, now: datetime
) -> None:
    """Send Stripe what it knows of a customer, if that has changed."""
    changed = params_to_change(provider_customer_params(before), provider_customer_params(customer))
    if customer.provider_customer_id is None or not changed:
        return
    try:
        with refusal_marked(integration, "customer.update", stores=stores, now=now):
            gateways.of(integration).update_customer(customer.provider_customer_id, changed)
    except ProviderRefusedError as refused:
        stores.notifications.add(provider_customer_error(customer, str(refused), refused.code, now))
        raise
