"""Create a customer at Stripe, once.

The request is stored before it is sent. What comes after a crash sends the same request under the same idempotency
key; when the key may have been forgotten, or its outcome stayed unknown three times, the customer is looked up first.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from paystream.errors import (
    NotFoundError,
    OutcomeUnknownError,
    ProviderRefusedError,
    TooEarlyError,
    VersionConflictError,
)
from paystream.lago.customer_notifications import provider_customer_created, provider_customer_error
from paystream.model.attempts import KEY_IS_SAFE_FOR, LOOK_UP_AFTER_TRIES
from paystream.model.customer import Customer, CustomerCreation, RefusedCreation
from paystream.model.identifiers import derived_id
from paystream.model.notification import Notification
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways, PaymentGateway
from paystream.steps.accounts.connected import integration_of
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.customers.begin_creation import provider_customer_params

_CLOCK_DIFFERENCE = timedelta(minutes=5)
_CLEARED_BY_EMPTY = {"address", "email"}


def params_to_change(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What Stripe has to be sent so that it knows `after`: what is gone is sent empty where that clears it.

    Source: https://docs.stripe.com/changelog/2013-08-12/allows-description-email-fields-null
    """
    blank = dict.fromkeys(_CLEARED_BY_EMPTY & before.keys() - after.keys(), "")
    if "address" in before and "address" in after:
        after = after | {"address": dict.fromkeys(before["address"], "") | after["address"]}
    return blank | {name: value for name, value in after.items() if value != before.get(name)}


def resume_creation(customer: Customer, *, stores: Stores, gateways: Gateways, now: datetime) -> Customer:
    """Send the stored request and store the new id. A refusal is notified and ends the request; the customer stays
    without an id. While the integration is paused, the request stays to be repeated.

    Raises NotFoundError if the account is not connected, OutcomeUnknownError to be repeated, NeedsAttentionError while
    it is paused, KeyRefusedError if it was connected again just now.
    """
    creation = customer.creation
    if creation is None:
        return customer
    integration = integration_of(customer.organization_id, customer, stores)
    if integration is None:
        raise NotFoundError("payment_provider")
    try:
        with calls_stripe(integration, "customer.create", stores=stores, gateways=gateways, now=now) as gateway:
            customer, provider_customer_id = _create(customer, creation, gateway, stores, now)
            created = replace(customer, creation=None, provider_customer_id=provider_customer_id, updated_at=now)
            caught_up = _catch_up(created, creation, gateway, now)
    except ProviderRefusedError as refused:
        known = RefusedCreation(at=now, code=refused.code)
        ended = replace(customer, creation=None, creation_refused=known, updated_at=now)
        return stores.customers.save(ended, (provider_customer_error(ended, str(refused), refused.code, now),))
    return stores.customers.save(created, (provider_customer_created(created, now), *caught_up))


def _create(
    customer: Customer, creation: CustomerCreation, gateway: PaymentGateway, stores: Stores, now: datetime
) -> tuple[Customer, str]:
    """The customer as it is stored by now, and the new id. Looked up first where the key may be forgotten, or repeats
    an answer that was saved under it, as Stripe does with a 500: https://docs.stripe.com/error-low-level#server-errors
    """
    if creation.tries >= LOOK_UP_AFTER_TRIES or now - creation.started_at > KEY_IS_SAFE_FOR:
        found = gateway.find_customer(lago_customer_id=customer.lago_id, since=creation.started_at - _CLOCK_DIFFERENCE)
        if found:
            return customer, found
    if creation.tries >= LOOK_UP_AFTER_TRIES:
        customer, creation = _under_another_key(customer, creation, stores, now)
    try:
        return customer, gateway.create_customer(creation.params, creation.idempotency_key)
    except TooEarlyError:
        raise
    except OutcomeUnknownError:
        with suppress(VersionConflictError):
            stores.customers.save(replace(customer, creation=replace(creation, tries=creation.tries + 1)))
        raise


def _under_another_key(
    customer: Customer, creation: CustomerCreation, stores: Stores, now: datetime
) -> tuple[Customer, CustomerCreation]:
    """Stored before it is sent. Should a request that was lost be at work still, there are two customers at Stripe, of
    which one is linked: that costs nobody anything.
    """
    key = derived_id("provider_customer", creation.idempotency_key, "again")
    again = replace(creation, idempotency_key=key, started_at=now, tries=0)
    return stores.customers.save(replace(customer, creation=again)), again


def _catch_up(
    created: Customer, creation: CustomerCreation, gateway: PaymentGateway, now: datetime
) -> tuple[Notification, ...]:
    """Send Stripe what was changed since the stored request; returns what has to be notified if Stripe refuses it."""
    sent = {name: value for name, value in creation.params.items() if name != "metadata"}
    changed = params_to_change(sent, provider_customer_params(created))
    if not changed:
        return ()
    try:
        gateway.update_customer(str(created.provider_customer_id), changed)
    except ProviderRefusedError as refused:
        return (provider_customer_error(created, str(refused), refused.code, now),)
    return ()
