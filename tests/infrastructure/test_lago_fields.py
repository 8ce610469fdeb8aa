"""The description names the fields of Lago's objects, all of them, and says what is ours besides.

Lago's lists are those of its serializers: https://github.com/getlago/lago-api/tree/main/app/serializers/v1
"""

from collections.abc import Iterator
from typing import Any

import pytest
from api_description import description

_ADDRESS = "address_line1 address_line2 city zipcode state country"

LAGO = {
    "Customer": f"""
        lago_id billing_entity_code external_id account_type name firstname lastname customer_type sequential_id slug
        created_at updated_at {_ADDRESS} email url phone logo_url legal_name legal_number currency
        tax_identification_number timezone applicable_timezone net_payment_term external_salesforce_id
        finalize_zero_amount_invoice billing_configuration shipping_address skip_invoice_custom_sections metadata taxes
        integration_customers applicable_invoice_custom_sections error_details
    """,
    "Address": _ADDRESS,
    "BillingConfiguration": """
        invoice_grace_period payment_provider payment_provider_code document_locale
        subscription_invoice_issuing_date_anchor subscription_invoice_issuing_date_adjustment provider_customer_id
        provider_payment_methods sync_with_provider payment_method_id
    """,
    "Invoice": """
        lago_id billing_entity_code sequential_id number purchase_order_number issuing_date payment_due_date
        net_payment_term invoice_type status payment_status payment_dispute_lost_at payment_overdue currency
        fees_amount_cents taxes_amount_cents progressive_billing_credit_amount_cents coupons_amount_cents
        credit_notes_amount_cents sub_total_excluding_taxes_amount_cents sub_total_including_taxes_amount_cents
        total_amount_cents total_due_amount_cents total_paid_amount_cents total_offsetted_credit_note_amount_cents
        prepaid_credit_amount_cents prepaid_granted_credit_amount_cents prepaid_purchased_credit_amount_cents file_url
        xml_url web_url version_number self_billed created_at updated_at voided_at customer billing_periods
        subscriptions fees credits metadata applied_taxes error_details applied_invoice_custom_sections
    """,
    "Fee": """
        lago_id lago_charge_id lago_charge_filter_id lago_fixed_charge_id lago_invoice_id lago_true_up_fee_id
        lago_true_up_parent_fee_id lago_original_fee_id lago_subscription_id external_subscription_id lago_customer_id
        external_customer_id item pay_in_advance invoiceable amount_cents amount_currency precise_amount
        precise_total_amount taxes_amount_cents taxes_precise_amount taxes_rate total_aggregated_units
        total_amount_cents total_amount_currency units description precise_unit_amount precise_coupons_amount_cents
        sub_total_excluding_taxes_amount_cents sub_total_excluding_taxes_precise_amount_cents events_count
        payment_status created_at succeeded_at failed_at refunded_at amount_details self_billed pricing_unit_details
        presentation_breakdowns from_date to_date
    """,
    "FeeItem": """
        type code name description invoice_display_name filters filter_invoice_display_name lago_item_id item_type
        grouped_by
    """,
    "Payment": """
        lago_id lago_customer_id external_customer_id invoice_ids invoice_numbers lago_payable_id payable_type
        amount_cents amount_currency status payment_status type reference payment_provider_code payment_provider_type
        external_payment_id provider_payment_id provider_customer_id next_action created_at
    """,
    "PaymentMethod": """
        lago_id is_default payment_provider_code payment_provider_name payment_provider_type provider_method_id
        created_at
    """,
    "Checkout": "lago_customer_id external_customer_id payment_provider payment_provider_code checkout_url",
    "PaymentUrl": "lago_customer_id external_customer_id payment_provider lago_invoice_id payment_url",
    "WebhookEndpoint": "lago_id lago_organization_id webhook_url signature_algo name event_types created_at",
    "Meta": "current_page next_page prev_page total_pages total_count",
}

OURS = {
    "Customer": "fallback_payment_consent",
    "Invoice": """
        external_customer_id next_retry_at total_refunded_amount_cents stage waiting_for next_step last_failure
        explanation ended_at
    """,
    "Payment": """
        attempt error_code decline_code advice_code failure payment_method provider_url ended_at dispute
        refunded_amount_cents refunds
    """,
    "PaymentMethod": "provider_method_type brand last4 exp_month exp_year",
    "WebhookEndpoint": "subscription_status",
    "Meta": "next_cursor",
}
"""What is notified besides."""


@pytest.mark.parametrize("name", LAGO)
def test_each_of_lagos_fields_is_there_and_required(name: str) -> None:
    assert set(LAGO[name].split()) - set(_required(name)) == set()


@pytest.mark.parametrize("name", LAGO)
def test_what_is_there_besides_is_known_to_be_ours(name: str) -> None:
    assert set(_properties(name)) - set(LAGO[name].split()) == set(OURS.get(name, "").split())


def _properties(name: str) -> Iterator[str]:
    for schema in _parts(name):
        yield from schema.get("properties", {})


def _required(name: str) -> Iterator[str]:
    for schema in _parts(name):
        yield from schema.get("required", [])


def _parts(name: str) -> Iterator[dict[str, Any]]:
    """A schema, and those that it adds to."""
    schema = description()["components"]["schemas"][name]
    yield schema
    if reference := schema.get("$ref"):
        yield from _parts(reference.rpartition("/")[2])
