"""The examples of docs/api/openapi.yaml, in the order in which a newcomer would send them, to the real handlers."""

import re
from typing import Any

import pytest
from api_description import examples, operations, response
from builders.accounts import ALL_PERMISSIONS
from world.api_gateway import Answer
from world.world import World

INTEGRATION_ROUTE = "/api/v1/integrations/stripe/{code}"
MADE_UP = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=_)[0-9a-f]{16,24}")
"""Ids, ours and Stripe's."""


@pytest.fixture(autouse=True)
def published(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """The API stands under the domain of the examples."""
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://billing.example.com")


def described_request(method: str, path: str, name: str) -> Any:
    return dict(examples((*operations()[method, path], "requestBody")))[name]


def described_answer(method: str, path: str, name: str) -> Any:
    return dict(examples(response(method, path, 200)))[name]


def send_described(world: World, method: str, path: str, name: str) -> Answer:
    body = described_request(method, path, name)
    answer = world.api(method, path.replace("{code}", "stripe_eu"), body)
    assert answer.status == 200, answer.body
    return answer


def masked(value: Any) -> Any:
    """The same without the ids in it."""
    if isinstance(value, dict):
        return {key: masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    return MADE_UP.sub("…", value) if isinstance(value, str) else value


def connect_as_described(world: World) -> Answer:
    world.stripe.add_account(described_request("PUT", INTEGRATION_ROUTE, "connect")["integration"]["secret_key"])
    return send_described(world, "PUT", INTEGRATION_ROUTE, "connect")


def test_an_account_is_connected_and_changed_and_its_key_rotated(world: World) -> None:
    connected = connect_as_described(world).body
    rotated_key = described_request("PUT", INTEGRATION_ROUTE, "rotate")["integration"]["secret_key"]
    world.stripe.control.add_key(
        connected["integration"]["account_id"], value=rotated_key, kind="rk", permissions=ALL_PERMISSIONS
    )

    changed = send_described(world, "PUT", INTEGRATION_ROUTE, "change").body["integration"]
    rotated = send_described(world, "PUT", INTEGRATION_ROUTE, "rotate").body["integration"]

    assert masked(connected) == masked(described_answer("PUT", INTEGRATION_ROUTE, "connected"))
    assert changed["success_redirect_url"] == "https://app.example.com/thanks"
    assert rotated["secret_key_last4"] == rotated_key[-4:]


def test_a_customer_is_created_and_invoiced_and_pays(world: World) -> None:
    connect_as_described(world)
    customer = send_described(world, "POST", "/api/v1/customers", "create")
    invoice = send_described(world, "POST", "/api/v1/invoices", "fees")
    assert masked(customer.body) == masked(described_answer("POST", "/api/v1/customers", "created"))
    assert masked(invoice.body) == masked(described_answer("POST", "/api/v1/invoices", "created"))

    stripe = world.stripe_as(described_request("PUT", INTEGRATION_ROUTE, "connect")["integration"]["secret_key"])
    provider_customer_id = customer.body["customer"]["billing_configuration"]["provider_customer_id"]
    stripe.v1.payment_methods.attach("pm_card_visa", {"customer": provider_customer_id})
    world.run()
    (payment,) = world.payments(invoice.body["invoice"]["lago_id"])
    assert masked({"payment": payment}) == masked(described_answer("GET", "/api/v1/payments/{lago_id}", "succeeded"))


def test_a_total_is_invoiced(world: World) -> None:
    connect_as_described(world)
    send_described(world, "POST", "/api/v1/customers", "create")

    invoice = send_described(world, "POST", "/api/v1/invoices", "total").body["invoice"]

    assert (invoice["number"], invoice["currency"], invoice["total_amount_cents"]) == ("acme-42-001", "JPY", 500)


def test_a_customer_that_exists_in_stripe_is_linked_and_unlinked(world: World) -> None:
    world.connect("stripe_eu")
    wanted = described_request("POST", "/api/v1/customers", "link")["customer"]["billing_configuration"][
        "provider_customer_id"
    ]
    customers = world.account.customers
    customers.add({**customers.require(world.stripe_customer(None)), "id": wanted})

    linked = send_described(world, "POST", "/api/v1/customers", "link").body["customer"]["billing_configuration"]
    unlinked = send_described(world, "POST", "/api/v1/customers", "unlink").body["customer"]["billing_configuration"]

    assert linked["provider_customer_id"] == wanted
    assert unlinked["provider_customer_id"] is None
