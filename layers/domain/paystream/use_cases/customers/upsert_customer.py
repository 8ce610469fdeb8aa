"""Create or change a customer, and link it to Stripe when asked to."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from paystream.errors import (
    ConflictError,
    InvalidInputError,
    KeyRefusedError,
    NeedsAttentionError,
    OutcomeUnknownError,
    ProviderRefusedError,
    VersionConflictError,
)
from paystream.lago.customer_notifications import provider_customer_error
from paystream.model.customer import DEFAULT_PAYMENT_METHODS, LONGEST_NAME, Customer, FallbackConsent
from paystream.model.integration import Integration
from paystream.ports.messages import CollectionQueue
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.refused_key import refusal_marked
from paystream.steps.customers.begin_creation import begin_creation, provider_customer_params
from paystream.steps.customers.links import is_to_be_created, with_former_link
from paystream.steps.look_ups.find_payment_method import read_again
from paystream.use_cases.customers.create_provider_customer import params_to_change, resume_creation
from paystream.use_cases.customers.link_customer import chosen_integration, cleared, link


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChange:
    """What was sent: only fields that were sent are in `profile` and in `billing`. `consent` counts if it is said;
    None withdraws it.
    """

    external_id: str
    profile: dict[str, Any]
    billing: dict[str, Any]
    says_consent: bool = False
    consent: FallbackConsent | None = None


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
    customer = _changed(before, change, organization_id, new_id, now)
    _refuse_long_name(customer, change)
    integration = chosen_integration(customer, change.billing, stores)
    if integration:
        with refusal_marked(integration, "customer.retrieve", stores=stores, now=now):
            customer = _linked(customer, before, change.billing, integration=integration, gateways=gateways, now=now)
        if before and before.provider_customer_id == customer.provider_customer_id:
            _update_at_stripe(before, customer, integration, stores=stores, gateways=gateways, now=now)
    if before and before.pays_by_bank_transfer and not customer.pays_by_bank_transfer:
        customer = replace(customer, paid_by_bank_transfer_until=now)
    customer = _save(with_former_link(before, customer, now), stores)
    customer = _read_again(before, customer, integration, stores=stores, gateways=gateways, now=now)
    customer = _create_now(customer, stores, gateways, queue, now)
    if before is None or customer.pays_with or customer.provider_customer_id != before.provider_customer_id:
        queue.collect_waiting(organization_id, customer.external_id)
    return customer


def _changed(
    before: Customer | None, change: CustomerChange, organization_id: str, new_id: str, now: datetime
) -> Customer:
    customer = (
        cleared(replace(before, deleted_at=None), change.billing)
        if before
        else Customer(
            organization_id=organization_id,
            external_id=change.external_id,
            lago_id=new_id,
            profile={},
            created_at=now,
            updated_at=now,
        )
    )
    billing = change.billing
    profile = customer.profile | change.profile
    if before and replace(before, profile=profile).is_partner is not before.is_partner:
        raise InvalidInputError({"account_type": ["value_is_immutable"]})
    return replace(
        customer,
        profile=profile,
        sync_with_provider=billing.get("sync_with_provider", customer.sync_with_provider),
        provider_payment_methods=tuple(
            billing.get("provider_payment_methods") or customer.provider_payment_methods or DEFAULT_PAYMENT_METHODS
        ),
        fallback_consent=change.consent if change.says_consent else customer.fallback_consent,
        updated_at=now,
    )


def _refuse_long_name(customer: Customer, change: CustomerChange) -> None:
    """Stripe gets one name, which may be made of two. Raises InvalidInputError."""
    sent = [name for name in ("firstname", "lastname") if change.profile.get(name)]
    if sent and len(customer.name or "") > LONGEST_NAME:
        raise InvalidInputError({name: ["value_is_invalid"] for name in sent})


def _linked(
    customer: Customer,
    before: Customer | None,
    billing: dict[str, Any],
    *,
    integration: Integration,
    gateways: Gateways,
    now: datetime,
) -> Customer:
    """Linked to the account, and to a customer there if one is known; else the creation of one begins."""
    provided = replace(
        customer, payment_provider="stripe", payment_provider_code=integration.code, integration_id=integration.lago_id
    )
    linked = link(provided, before, billing=billing, integration=integration, gateways=gateways, now=now)
    is_known = linked.provider_customer_id is not None or linked.creation is not None
    return linked if is_known or not is_to_be_created(linked, integration) else begin_creation(linked, now)


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
