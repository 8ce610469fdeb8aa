"""lago/envelope: whatever a customer's profile holds, its notifications fit."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from builders.standings import standing
from paystream.lago.customer_notifications import provider_customer_created
from paystream.lago.invoice_notifications import payment_method_missing, payment_status_updated
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.notification import Notification

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MOST_BYTES = 240_000
SHORT = {"name": "Acme", "email": "ap@acme.test", "timezone": "Europe/Paris", "net_payment_term": 30}
LONG = {
    "legal_name": "é" * 60_000,
    "shipping_address": {"city": "x" * 60_000},
    "metadata": [{"key": "note", "value": "x" * 60_000}],
}
INVOICE = Invoice(
    organization_id="0a1b",
    lago_id="7c1e",
    external_customer_id="acme",
    number="1",
    currency="EUR",
    total_amount_cents=4200,
    created_at=NOW,
    updated_at=NOW,
    issuing_date=NOW.date(),
    standing=standing(due_at=NOW),
)


def customer(profile: dict[str, Any]) -> Customer:
    return Customer(
        organization_id="0a1b", lago_id="5d2f", external_id="acme", profile=profile, created_at=NOW, updated_at=NOW
    )


def notifications_of(customer: Customer) -> list[Notification]:
    return [
        payment_status_updated(INVOICE, customer, NOW, cause="payment"),
        payment_method_missing(INVOICE, customer, NOW),
        provider_customer_created(customer, NOW),
    ]


def shown(notification: Notification) -> dict[str, Any]:
    content = json.loads(notification.body)[notification.object_type]
    found: dict[str, Any] = content.get("customer", content)
    return found


@pytest.mark.parametrize("position", range(3))
def test_of_a_profile_that_is_too_large_the_long_fields_are_left_out(position: int) -> None:
    notification = notifications_of(customer(SHORT | LONG))[position]

    assert len(notification.body.encode()) <= MOST_BYTES
    notified = shown(notification)
    assert {name: notified[name] for name in SHORT} == SHORT
    assert (notified["legal_name"], notified["shipping_address"]["city"], notified["metadata"]) == (None, None, [])


@pytest.mark.parametrize("position", range(3))
def test_a_profile_that_fits_is_notified_whole(position: int) -> None:
    long = {"legal_name": "é" * 50_000}

    assert shown(notifications_of(customer(SHORT | long))[position])["legal_name"] == long["legal_name"]
