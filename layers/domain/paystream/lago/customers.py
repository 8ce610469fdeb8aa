"""A customer as Lago's clients read it."""

from typing import Any

from paystream.lago.timestamps import timestamp
from paystream.model.customer import Customer
from paystream.model.identifiers import derived_id

ADDRESS = ("address_line1", "address_line2", "city", "zipcode", "state", "country")
PROFILE = (
    "account_type",
    "name",
    "firstname",
    "lastname",
    "customer_type",
    *ADDRESS,
    "email",
    "url",
    "phone",
    "logo_url",
    "legal_name",
    "legal_number",
    "currency",
    "tax_identification_number",
    "timezone",
    "net_payment_term",
    "external_salesforce_id",
    "finalize_zero_amount_invoice",
)
"""The descriptive fields that are kept and given back as they came."""


def customer_object(customer: Customer) -> dict[str, Any]:
    """Lago's customer object, without the parts that its extended answers add.

    Except for `integration_customers`, without which Lago's Rust client reads no invoice.
    """
    profile = customer.profile
    return {
        "lago_id": customer.lago_id,
        "billing_entity_code": "main",
        "external_id": customer.external_id,
        "sequential_id": None,
        "slug": None,
        "created_at": timestamp(customer.created_at),
        "updated_at": timestamp(customer.updated_at),
        **{field: profile.get(field) for field in PROFILE},
        "account_type": profile.get("account_type") or "customer",
        "applicable_timezone": profile.get("timezone") or "UTC",
        "finalize_zero_amount_invoice": profile.get("finalize_zero_amount_invoice") or "inherit",
        "billing_configuration": _billing_configuration(customer),
        "fallback_payment_consent": _consent(customer),
        "shipping_address": {field: (profile.get("shipping_address") or {}).get(field) for field in ADDRESS},
        "skip_invoice_custom_sections": False,
        "metadata": _metadata(customer),
        "integration_customers": [],
    }


def extended_customer_object(customer: Customer) -> dict[str, Any]:
    """What the API answers for one customer."""
    return customer_object(customer) | {
        "taxes": [],
        "applicable_invoice_custom_sections": [],
        "error_details": [],
    }


def customer_check_object(before: Customer | None, after: Customer) -> dict[str, Any]:
    """What would become of a customer that is sent: this is not Lago's."""
    return {
        "external_id": after.external_id,
        "is_known": before is not None,
        "payment_provider_code": after.payment_provider_code,
        "provider_customer_id": after.provider_customer_id,
        "creates_provider_customer": after.creation is not None,
        "payment_method_id": after.payment_method_id,
        "can_be_charged": after.pays_with is not None and not after.is_partner,
    }


def checkout_object(customer: Customer, url: str) -> dict[str, Any]:
    """Lago's answer for a page on which a customer saves a payment method."""
    return {
        "lago_customer_id": customer.lago_id,
        "external_customer_id": customer.external_id,
        "payment_provider": customer.payment_provider,
        "payment_provider_code": customer.payment_provider_code,
        "checkout_url": url,
    }


def _metadata(customer: Customer) -> list[dict[str, Any]]:
    """A pair has no time of its own here: the customer's stands for it."""
    return [
        {
            "lago_id": derived_id("customer metadata", customer.lago_id, entry["key"]),
            "key": entry["key"],
            "value": entry["value"],
            "display_in_invoice": entry.get("display_in_invoice", False),
            "created_at": timestamp(customer.created_at),
        }
        for entry in customer.profile.get("metadata") or ()
    ]


def _consent(customer: Customer) -> dict[str, Any] | None:
    consent = customer.fallback_consent
    if consent is None:
        return None
    return {
        "given_by": consent.given_by,
        "given_at": timestamp(consent.given_at),
        "given_how": consent.given_how,
    }


def _billing_configuration(customer: Customer) -> dict[str, Any]:
    return {
        "invoice_grace_period": None,
        "payment_provider": customer.payment_provider,
        "payment_provider_code": customer.payment_provider_code,
        "document_locale": None,
        "subscription_invoice_issuing_date_anchor": None,
        "subscription_invoice_issuing_date_adjustment": None,
        "provider_customer_id": customer.provider_customer_id,
        "provider_payment_methods": list(customer.provider_payment_methods),
        "sync_with_provider": customer.sync_with_provider,
        "payment_method_id": customer.payment_method_id,
    }
