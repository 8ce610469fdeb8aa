"""A customer without a default at Stripe who has other methods on file: none of them is charged, at no moment."""

from typing import Any

import pytest
from builders.customers import CUSTOMERS_PATH, attach, customer_who_pays_with, default_at_stripe, make_default
from builders.due import days_go_by
from builders.read import invoice_statuses
from builders.stripe_events import lose_events
from world.world import World


def default_is_destroyed(world: World, customer: str) -> None:
    """By the API, as a person does who takes a card back."""
    default = default_at_stripe(world, customer)
    for method in world.api("GET", f"{CUSTOMERS_PATH}/acme/payment_methods").body["payment_methods"]:
        if method["provider_method_id"] == default:
            path = f"{CUSTOMERS_PATH}/acme/payment_methods/{method['lago_id']}"
            assert world.api("DELETE", path).status == 200


def is_detached_at_stripe(world: World, customer: str) -> None:
    """In the dashboard; nobody hears of it."""
    world.stripe_client.v1.payment_methods.detach(str(default_at_stripe(world, customer)))
    lose_events(world)


@pytest.mark.parametrize("other", ["pm_card_mastercard", "pm_usBankAccount_success"])
@pytest.mark.parametrize("goes", [default_is_destroyed, is_detached_at_stripe])
def test_what_is_on_file_is_not_charged_in_place_of_a_default_that_is_gone(world: World, goes: Any, other: str) -> None:
    world.connect()
    customer = customer_who_pays_with(world, "card", "us_bank_account", payment_method="pm_card_visa")
    attach(world, customer, other)
    world.run()
    goes(world, customer)

    for _ in range(2):
        world.create_invoice(currency="USD")
        world.run()
        days_go_by(world, 3)

    assert world.charged() == []
    assert "customer.payment_method_missing" in world.notified()


@pytest.mark.parametrize("other", ["pm_card_mastercard", "pm_usBankAccount_success"])
def test_a_migrated_customer_is_charged_once_its_method_on_file_is_made_the_default(world: World, other: str) -> None:
    world.connect()
    customer = world.stripe_customer(None)
    method = attach(world, customer, other)
    lose_events(world)
    billing = {
        "payment_provider": "stripe",
        "payment_provider_code": "stripe",
        "provider_customer_id": customer,
        "provider_payment_methods": ["card", "us_bank_account"],
    }
    world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "billing_configuration": billing}})
    invoice_id = world.create_invoice(currency="USD")
    world.run()
    days_go_by(world, 3)
    assert world.stripe_calls() == 0
    assert world.notified() == ["customer.payment_method_missing", "invoice.payment_overdue"]

    make_default(world, customer, method)
    world.run()

    assert world.stripe_calls() == 1
    assert invoice_statuses(world, [invoice_id]) != ["failed"]
