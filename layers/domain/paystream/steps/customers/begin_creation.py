"""What Stripe gets of a customer that is to be created there."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from paystream.lago.customers import ADDRESS
from paystream.model.customer import Customer, CustomerCreation, first_email
from paystream.model.identifiers import derived_id

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
    creation = CustomerCreation(idempotency_key=key, started_at=now, params=params)
    return replace(customer, creation=creation, creation_refused=None)
