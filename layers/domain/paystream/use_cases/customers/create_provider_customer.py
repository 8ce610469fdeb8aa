"""Create a customer at Stripe, once.

The request is stored before it is sent. What comes after a crash sends the same request under the same idempotency
key; when the key may have been forgotten, the customer is looked up first.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from paystream.errors import NotFoundError, ProviderRefusedError
from paystream.lago.customer_notifications import provider_customer_created, provider_customer_error
from paystream.lago.customers import ADDRESS
from paystream.model.attempts import KEY_IS_SAFE_FOR
from paystream.model.customer import Customer, CustomerCreation, first_email
from paystream.model.identifiers import derived_id
from paystream.model.notification import Notification
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways, PaymentGateway
from paystream.steps.accounts.connected import integration_of
from paystream.steps.accounts.refused_key import calls_stripe

_CLOCK_DIFFERENCE = timedelta(minutes=5)
_CLEARED_BY_EMPTY = {"address", "email"}
_AT_STRIPE = dict(zip(ADDRESS, ("line1", "line2", "city", "postal_code", "state", "country"), strict=True))


def provider_customer_params(customer: Customer) -> dict[str, Any]:
    """What Stripe gets of a customer: as Lago, the first address of a comma-separated list of e-mails."""
    profile = customer.profile
    address = {theirs: profile[ours] for ours, theirs in _AT_STRIPE.items() if profile.get(ours)}
    params = {
        "name": customer.name,
        "email": first_email(profile.get("email") or "") or None,
        "phone": profile.get("phone") or None,
        "address": address or None,
    }
    return {name: value for name, value in params.items() if value is not None}


def params_to_change(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What Stripe has to be sent so that it knows `after`: what is gone is sent empty where that clears it.

    Source: https://docs.stripe.com/changelog/2013-08-12/allows-description-email-fields-null
    """
    blank = dict.fromkeys(_CLEARED_BY_EMPTY & before.keys() - after.keys(), "")
    if "address" in before and "address" in after:
        after = after | {"address": dict.fromkeys(before["address"], "") | after["address"]}
    return blank | {name: value for name, value in after.items() if value != before.get(name)}


def begin_creation(customer: Customer, now: datetime) -> Customer:
    """The customer with the request that creates it at Stripe, to be stored before the request is sent."""
    params = provider_customer_params(customer) | {
        "metadata": {
            "lago_customer_id": customer.lago_id,
            "customer_id": customer.external_id,
            "lago_organization_id": customer.organization_id,
        }
    }
    key = derived_id("provider_customer", customer.organization_id, customer.lago_id, str(customer.version))
    return replace(customer, creation=CustomerCreation(idempotency_key=key, started_at=now, params=params))


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
            provider_customer_id = _create(customer, creation, gateway, now)
            created = replace(customer, creation=None, provider_customer_id=provider_customer_id, updated_at=now)
            caught_up = _catch_up(created, creation, gateway, now)
    except ProviderRefusedError as refused:
        ended = replace(customer, creation=None, updated_at=now)
        return stores.customers.save(ended, (provider_customer_error(ended, str(refused), refused.code, now),))
    return stores.customers.save(created, (provider_customer_created(created, now), *caught_up))


def _create(customer: Customer, creation: CustomerCreation, gateway: PaymentGateway, now: datetime) -> str:
    if now - creation.started_at > KEY_IS_SAFE_FOR:
        found = gateway.find_customer(lago_customer_id=customer.lago_id, since=creation.started_at - _CLOCK_DIFFERENCE)
        if found:
            return found
    return gateway.create_customer(creation.params, creation.idempotency_key)


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
