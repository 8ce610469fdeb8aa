"""What was sent of a customer, and the customer that it would make: checked at Stripe, and not written yet."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from paystream.errors import InvalidInputError
from paystream.model.customer import DEFAULT_PAYMENT_METHODS, LONGEST_NAME, Customer, FallbackConsent
from paystream.model.integration import Integration
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.refused_key import refusal_marked
from paystream.steps.customers.begin_creation import begin_creation
from paystream.steps.customers.links import is_to_be_created
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


def as_sent(
    before: Customer | None,
    change: CustomerChange,
    *,
    organization_id: str,
    stores: Stores,
    gateways: Gateways,
    new_id: str,
    now: datetime,
) -> tuple[Customer, Integration | None]:
    """The customer as it would be, and the account that it is linked to, if it is to one. Nothing is written, unless
    Stripe refuses the account's key.

    Raises InvalidInputError, ProviderRefusedError, KeyRefusedError, OutcomeUnknownError.
    """
    customer = _changed(before, change, organization_id, new_id, now)
    _refuse_long_name(customer, change)
    integration = chosen_integration(customer, change.billing, stores)
    if integration:
        with refusal_marked(integration, "customer.retrieve", stores=stores, now=now):
            customer = _linked(customer, before, change.billing, integration=integration, gateways=gateways, now=now)
    return customer, integration


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
