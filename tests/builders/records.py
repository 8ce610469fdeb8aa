"""Records of the model, as they are stored: for tests that need no world."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.payment import Payment

from builders.standings import standing

RECORDED_AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
"""When all of them were made."""


def invoice_record(**fields: Any) -> Invoice:
    """An invoice of 42.00 EUR that is open, and was notified when it became overdue; `fields` are what is otherwise."""
    invoice = Invoice(
        organization_id="organization",
        lago_id="invoice",
        external_customer_id="acme",
        number="1",
        currency="EUR",
        total_amount_cents=4200,
        created_at=RECORDED_AT,
        updated_at=RECORDED_AT,
        issuing_date=date(2026, 11, 23),
        overdue_notified_at=RECORDED_AT,
        standing=standing(due_at=RECORDED_AT),
    )
    return replace(invoice, **fields)


def payment_record(**fields: Any) -> Payment:
    """Its first attempt, of which nothing is known."""
    payment = Payment(
        organization_id="organization",
        lago_id="payment",
        invoice_id="invoice",
        invoice_number="1",
        attempt=1,
        external_customer_id="acme",
        lago_customer_id="customer",
        payment_provider_code="stripe",
        integration_id="integration",
        provider_customer_id="cus_1",
        amount_cents=4200,
        currency="EUR",
        created_at=RECORDED_AT,
        updated_at=RECORDED_AT,
    )
    return replace(payment, **fields)


def customer_record(profile: dict[str, Any] | None = None, **fields: Any) -> Customer:
    """Its customer, who is linked to no account."""
    customer = Customer(
        organization_id="organization",
        external_id="acme",
        lago_id="customer",
        profile=profile or {},
        created_at=RECORDED_AT,
        updated_at=RECORDED_AT,
    )
    return replace(customer, **fields)


def integration_record(**fields: Any) -> Integration:
    """An account in test mode."""
    integration = Integration(
        organization_id="organization",
        code="stripe",
        lago_id="integration",
        name="Acme Billing",
        account_id="acct_1",
        livemode=False,
        key_last4="0000",
        create_customers=False,
        webhook_endpoint_id="we_1",
        webhook_url="https://paystream.test/hook",
        created_at=RECORDED_AT,
        updated_at=RECORDED_AT,
    )
    return replace(integration, **fields)
