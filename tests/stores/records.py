"""Records with defaults that are stored as they are; each test says only what matters to it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from builders.standings import STANDING_FIELDS, standing
from paystream.adapters.dynamodb.due_invoices import due_shard
from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.item_history import ItemHistory
from paystream.model.manual_payment import ManualPayment
from paystream.model.notification import Notification, WebhookType
from paystream.model.payment import Payment
from paystream.ports.stores import Stores

ORGANIZATION = "0a1b2c3d-0000-4000-8000-000000000001"
ACCOUNT = "acct_1#test"
ACCOUNT = "acct_1#test"
OTHER_ORGANIZATION = "0a1b2c3d-0000-4000-8000-000000000002"
NOW = datetime(2026, 11, 23, 10, 0, 0, 123000, tzinfo=UTC)
SHARD = due_shard("invoice-1")


def at(seconds: float) -> datetime:
    """So many seconds after NOW."""
    return NOW + timedelta(seconds=seconds)


def invoice(lago_id: str = "invoice-1", **changes: Any) -> Invoice:
    values: dict[str, Any] = {
        "organization_id": ORGANIZATION,
        "lago_id": lago_id,
        "external_customer_id": "acme",
        "number": f"number of {lago_id}",
        "currency": "EUR",
        "total_amount_cents": 4200,
        "created_at": NOW,
        "updated_at": NOW,
        "issuing_date": date(2026, 11, 23),
        "version": 1,
    }
    fields = {"due_at": NOW} | {name: changes.pop(name) for name in STANDING_FIELDS & changes.keys()}
    values["standing"] = standing(is_parked="problem" in changes, **fields)
    return Invoice(**(values | changes))


def payment(lago_id: str = "payment-1", **changes: Any) -> Payment:
    values: dict[str, Any] = {
        "organization_id": ORGANIZATION,
        "lago_id": lago_id,
        "invoice_id": "invoice-1",
        "invoice_number": "ACM-0042-001",
        "attempt": 1,
        "external_customer_id": "acme",
        "lago_customer_id": "customer-1",
        "payment_provider_code": "stripe",
        "integration_id": "integration-1",
        "account_key": ACCOUNT,
        "provider_customer_id": "cus_acme",
        "amount_cents": 4200,
        "currency": "EUR",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Payment(**(values | changes))


def manual_payment(lago_id: str = "manual-1", **changes: Any) -> ManualPayment:
    values: dict[str, Any] = {
        "organization_id": ORGANIZATION,
        "lago_id": lago_id,
        "invoice_id": "invoice-1",
        "invoice_number": "ACM-0042-001",
        "external_customer_id": "acme",
        "lago_customer_id": None,
        "amount_cents": 4200,
        "currency": "EUR",
        "reference": "transfer 8812",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return ManualPayment(**(values | changes))


def customer(external_id: str = "acme", **changes: Any) -> Customer:
    values: dict[str, Any] = {
        "organization_id": ORGANIZATION,
        "external_id": external_id,
        "lago_id": f"customer {external_id}",
        "profile": {"name": "Acme", "address_line2": None, "legal_number": "", "metadata": [{"key": "a", "value": 1}]},
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Customer(**(values | changes))


def integration(code: str = "stripe", **changes: Any) -> Integration:
    values: dict[str, Any] = {
        "organization_id": ORGANIZATION,
        "code": code,
        "lago_id": f"integration {code}",
        "name": "Acme Billing",
        "account_id": "acct_1",
        "livemode": False,
        "key_last4": "0000",
        "create_customers": True,
        "webhook_endpoint_id": "we_1",
        "webhook_url": "https://paystream.test/hook",
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Integration(**(values | changes))


def notification(lago_id: str = "notification-1", **changes: Any) -> Notification:
    values: dict[str, Any] = {
        "organization_id": ORGANIZATION,
        "lago_id": lago_id,
        "webhook_type": WebhookType.PAYMENT_SUCCEEDED,
        "object_type": "payment",
        "body": '{"webhook_type": "payment.succeeded"}',
        "created_at": NOW,
    }
    return Notification(**(values | changes))


def taken_in(stores: Stores, lago_id: str, at: datetime) -> ItemHistory:
    """Taken in then, as an item that does not say who pays; without what is known of a request and of customers."""
    history = stores.invoices.history(ORGANIZATION, lago_id, external_customer_id="", put_at=at, now=at)
    return replace(history, customers={}, request_hash=None, lives=0)
