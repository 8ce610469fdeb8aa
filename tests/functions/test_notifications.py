"""The notifications: what subscribers receive is what Lago's clients read and what docs/notifications.md shows."""

import json
import re
from collections.abc import Mapping
from types import NoneType
from typing import Any

import pytest
from builders.causes import CAUSES, asked_for_action, detailed_invoice
from builders.invoices import failed_invoice, waiting_invoice
from builders.payments import pay_by_hand
from paystream.model.notification import WebhookType
from template import REPOSITORY
from world.api_gateway import ORGANIZATION
from world.world import World

SECRETS = re.compile(r"\b([sr]k_(test|live)|whsec)_|paystream_[0-9a-f]{32}")
Required = Mapping[str, type | tuple[type, ...]]

CUSTOMER: Required = {
    "lago_id": str,
    "external_id": str,
    "created_at": str,
    "updated_at": str,
    "applicable_timezone": str,
    "billing_configuration": dict,
}
PAYMENT: Required = {
    "lago_id": str,
    "lago_customer_id": str,
    "external_customer_id": str,
    "invoice_ids": list,
    "invoice_numbers": list,
    "lago_payable_id": str,
    "payable_type": str,
    "amount_cents": int,
    "amount_currency": str,
    "status": str,
    "payment_status": str,
    "type": str,
    "reference": str,
    "payment_provider_code": str,
    "payment_provider_type": str,
    "external_payment_id": str,
    "provider_payment_id": str,
    "provider_customer_id": str,
    "next_action": dict,
    "created_at": str,
}
_OF_AN_INTENT = ("external_payment_id", "provider_payment_id")
PAGE: Required = {name: kind for name, kind in PAYMENT.items() if name not in _OF_AN_INTENT}
"""A payment link has no intent until it is paid."""

REFUND: Required = {
    "lago_id": str,
    "lago_payment_id": str,
    "lago_invoice_id": str,
    "external_customer_id": str,
    "amount_cents": int,
    "amount_currency": str,
    "status": str,
    "payment_provider_code": str,
    "provider_payment_id": str,
    "provider_refund_id": str,
    "created_at": str,
}
INVOICE_OBJECT: Required = {
    "lago_id": str,
    "number": str,
    "issuing_date": str,
    "payment_due_date": str,
    "payment_overdue": bool,
    "net_payment_term": int,
    "invoice_type": str,
    "version_number": int,
    "status": str,
    "payment_status": str,
    "currency": str,
    "fees_amount_cents": int,
    "coupons_amount_cents": int,
    "taxes_amount_cents": int,
    "credit_notes_amount_cents": int,
    "progressive_billing_credit_amount_cents": int,
    "sub_total_excluding_taxes_amount_cents": int,
    "sub_total_including_taxes_amount_cents": int,
    "total_amount_cents": int,
    "total_due_amount_cents": int,
    "total_paid_amount_cents": int,
    "prepaid_credit_amount_cents": int,
    "customer": dict,
    "fees": list,
}
FAILURE_OBJECT: Required = {
    "lago_invoice_id": str,
    "lago_customer_id": str,
    "external_customer_id": str,
    "provider_customer_id": str,
    "payment_provider": str,
    "payment_provider_code": str,
    "will_retry": bool,
    "retry": str,
    "provider_error": dict,
    "error_details": dict,
}
OBJECTS: dict[WebhookType, tuple[str, Required]] = {
    WebhookType.INVOICE_PAYMENT_FAILURE: ("payment_provider_invoice_payment_error", FAILURE_OBJECT),
    WebhookType.INVOICE_PAYMENT_ABANDONED: ("payment_provider_invoice_payment_error", FAILURE_OBJECT),
    WebhookType.INVOICE_PAYMENT_STATUS_UPDATED: ("invoice", INVOICE_OBJECT),
    WebhookType.INVOICE_PAYMENT_DISPUTE_LOST: ("payment_dispute_lost", {"invoice": dict, "reason": str}),
    WebhookType.PAYMENT_DISPUTE_OPENED: ("payment", {**PAYMENT, "dispute": dict}),
    WebhookType.PAYMENT_DISPUTE_WON: ("payment", {**PAYMENT, "dispute": dict}),
    WebhookType.PAYMENT_REFUND_SUCCEEDED: ("refund", REFUND),
    WebhookType.PAYMENT_REFUND_FAILED: ("refund", {**REFUND, "failure_reason": str}),
    WebhookType.INVOICE_PAYMENT_OVERDUE: ("invoice", INVOICE_OBJECT),
    WebhookType.INVOICE_VOIDED: ("invoice", INVOICE_OBJECT),
    WebhookType.PAYMENT_SUCCEEDED: ("payment", {**PAYMENT, "payment_method": dict}),
    WebhookType.PAYMENT_REQUIRES_ACTION: ("payment", PAGE),
    WebhookType.CUSTOMER_PAYMENT_PROVIDER_CREATED: ("customer", CUSTOMER),
    WebhookType.CUSTOMER_PAYMENT_PROVIDER_ERROR: (
        "payment_provider_customer_error",
        {
            "lago_customer_id": str,
            "external_customer_id": str,
            "payment_provider": str,
            "payment_provider_code": str,
            "provider_error": dict,
        },
    ),
    WebhookType.CUSTOMER_CHECKOUT_URL_GENERATED: (
        "payment_provider_customer_checkout_url",
        {
            "lago_customer_id": str,
            "external_customer_id": str,
            "payment_provider": str,
            "payment_provider_code": str,
            "checkout_url": str,
        },
    ),
    WebhookType.CUSTOMER_PAYMENT_METHOD_MISSING: ("customer", {**CUSTOMER, "lago_invoice_id": str}),
    WebhookType.PAYMENT_PROVIDER_ERROR: (
        "payment_provider_error",
        {
            "lago_payment_provider_id": str,
            "payment_provider_code": str,
            "payment_provider_name": str,
            "source": str,
            "action": str,
            "provider_error": dict,
        },
    ),
}


def received(world: World, webhook_type: WebhookType) -> dict[str, Any]:
    """The body of the only message of a type that a subscriber received."""
    messages = world.publish_new_notifications()
    (body,) = [
        message["Message"]
        for message in messages
        if message["MessageAttributes"]["webhook_type"]["Value"] == webhook_type.value
    ]
    content: dict[str, Any] = json.loads(body)
    return content


def examples() -> dict[str, dict[str, Any]]:
    """The bodies that docs/notifications.md shows, by their webhook_type."""
    text = (REPOSITORY / "docs" / "notifications.md").read_text()
    bodies = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL)]
    return {body["webhook_type"]: body for body in bodies if "object_type" in body}


def shape(value: Any) -> Any:
    """The keys of a value, all the way down; of a list those of its first entry."""
    if isinstance(value, dict):
        return {name: shape(content) for name, content in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__


def test_every_type_has_a_cause_an_object_and_an_example() -> None:
    assert CAUSES.keys() == OBJECTS.keys() == set(WebhookType)
    assert examples().keys() == {webhook_type.value for webhook_type in WebhookType}


@pytest.mark.parametrize("webhook_type", WebhookType)
class TestEachType:
    def test_is_published_as_lagos_clients_read_it_and_as_the_documentation_shows_it(
        self, world: World, webhook_type: WebhookType
    ) -> None:
        CAUSES[webhook_type](world)

        body = received(world, webhook_type)

        object_type, required = OBJECTS[webhook_type]
        assert list(body) == ["webhook_type", "object_type", "organization_id", "unique_key", object_type]
        assert body["webhook_type"] == webhook_type.value
        assert (body["object_type"], body["organization_id"]) == (object_type, ORGANIZATION)
        content = body[object_type]
        for name, kind in required.items():
            assert isinstance(content[name], kind), name
        assert shape(body) == shape(examples()[webhook_type.value])

    def test_carries_no_secret(self, world: World, webhook_type: WebhookType) -> None:
        CAUSES[webhook_type](world)
        assert not re.search(
            r"\b([sr]k_(test|live)|whsec)_|paystream_[0-9a-f]{32}", json.dumps(received(world, webhook_type))
        )


class TestWhatTheyCarry:
    def test_a_failure_carries_stripes_codes_and_the_attempt(self, world: World) -> None:
        failed_invoice(world)
        content = received(world, WebhookType.INVOICE_PAYMENT_FAILURE)["payment_provider_invoice_payment_error"]
        assert content["provider_error"] == {"message": "Your card was declined.", "error_code": "card_declined"}
        details = content["error_details"]
        assert (details["decline_code"], details["advice_code"]) == ("generic_decline", "try_again_later")
        assert (details["http_status"], details["request_id"][:4]) == (402, "req_")
        assert details["payment_intent_id"].startswith("pi_")
        assert content["attempt"] == 1

    def test_a_status_update_carries_the_invoice_with_its_customer_and_its_fees(self, world: World) -> None:
        detailed_invoice(world)
        invoice = received(world, WebhookType.INVOICE_PAYMENT_STATUS_UPDATED)["invoice"]
        assert (invoice["payment_status"], invoice["total_paid_amount_cents"]) == ("succeeded", 4200)
        for name, kind in CUSTOMER.items():
            assert isinstance(invoice["customer"][name], kind), name
        (fee,) = invoice["fees"]
        assert (fee["amount_cents"], fee["precise_amount"], fee["units"]) == (4200, "42.0", "1.5")
        assert fee["lago_customer_id"] == invoice["customer"]["lago_id"]

    def test_amounts_in_major_units_follow_the_currency(self, world: World) -> None:
        world.connect()
        world.customer()
        for currency, amount in {"JPY": 4200, "KWD": 4200, "EUR": 4205}.items():
            fees = [{"add_on_code": "setup", "unit_amount_cents": amount}]
            world.create_invoice(currency=currency, amount=amount, fees=fees)
        world.run()
        bodies = [json.loads(message["Message"]) for message in world.publish_new_notifications()]
        invoices = [body["invoice"] for body in bodies if body["object_type"] == "invoice"]
        written = {invoice["currency"]: invoice["fees"][0]["precise_amount"] for invoice in invoices}
        assert written == {"JPY": "4200.0", "KWD": "4.2", "EUR": "42.05"}

    def test_lines_that_are_too_large_for_a_message_are_left_to_the_api(self, world: World) -> None:
        world.connect()
        world.customer()
        fee = {"add_on_code": "setup", "unit_amount_cents": 42, "description": "x" * 1000}
        invoice_id = world.create_invoice(amount=4200, fees=[fee] * 100)

        world.run()

        invoice = received(world, WebhookType.INVOICE_PAYMENT_STATUS_UPDATED)["invoice"]
        assert (invoice["payment_status"], invoice["fees"]) == ("succeeded", [])
        assert len(world.invoice(invoice_id)["fees"]) == 100

    def test_what_nobody_knows_is_null_and_never_missing(self, world: World) -> None:
        detailed_invoice(world)
        invoice = received(world, WebhookType.INVOICE_PAYMENT_STATUS_UPDATED)["invoice"]
        unknown = {name for name, value in invoice.items() if isinstance(value, NoneType)}
        assert {"file_url", "voided_at", "payment_dispute_lost_at", "purchase_order_number"} <= unknown


def test_a_success_says_what_was_paid_with(world: World) -> None:
    detailed_invoice(world)

    (listed,) = world.api("GET", "/api/v1/customers/acme/payment_methods").body["payment_methods"]
    method = world.notification("payment.succeeded")["payment"]["payment_method"]

    shown = {
        "id": listed["provider_method_id"],
        "type": listed["provider_method_type"],
        "brand": "visa",
        "last4": "4242",
        "exp_month": 12,
        "exp_year": 2027,
    }
    assert method == {name: listed[name] for name in method.keys() - shown.keys()} | shown
    assert method["is_default"] is True


def test_money_that_came_by_hand_was_paid_with_no_method(world: World) -> None:
    pay_by_hand(world, waiting_invoice(world))

    assert world.notification("payment.succeeded")["payment"]["payment_method"] is None


def test_an_intent_that_waits_for_the_customer_is_notified_with_its_own_next_action(world: World) -> None:
    asked_for_action(world)

    payment = received(world, WebhookType.PAYMENT_REQUIRES_ACTION)["payment"]

    assert payment["next_action"]["redirect_to_url"]["url"] == "https://hooks.stripe.com/3d_secure_2/x"
    assert (payment["provider_payment_id"], payment["attempt"]) == ("pi_attempt_1", 1)
