"""upsert-customer: what would become of a customer can be asked without sending it."""

from typing import Any

import pytest
from builders.customers import CUSTOMERS_PATH
from builders.read import kept, refused_details
from world.world import World, load_event

CHECKS_PATH = "/api/v1/customer_checks"


def checked(world: World, **configuration: Any) -> dict[str, Any]:
    """What is said of `acme` with this billing configuration; nothing may have changed."""
    body = {"customer": {"external_id": "acme", "name": "Acme", "billing_configuration": configuration}}
    before = kept(world), world.stripe.control.report()["counts"].get("POST /v1/customers", 0)
    answer = world.api("POST", CHECKS_PATH, body)
    assert (kept(world), world.stripe.control.report()["counts"].get("POST /v1/customers", 0)) == before
    assert answer.status == 200, answer.body
    said: dict[str, Any] = answer.body["customer_check"]
    return said


def refused_check(world: World, customer: dict[str, Any]) -> dict[str, Any]:
    return refused_details(world, "POST", CHECKS_PATH, {"customer": customer})


@pytest.fixture(autouse=True)
def _connected_to_be_checked(world: World) -> None:
    world.connect()


class TestACheck:
    def test_says_what_an_existing_stripe_customer_would_be_charged_to(self, world: World) -> None:
        customer_id = world.stripe_customer("pm_card_visa")
        (default,) = world.stripe_client.v1.customers.payment_methods.list(customer_id).data
        event = load_event("upsert-customer-check")
        event["body"] = event["body"].replace("cus_placeholder", customer_id)

        said = world.call("upsert-customer", event).body["customer_check"]

        assert said == {
            "external_id": "acme",
            "is_known": False,
            "payment_provider_code": "stripe",
            "provider_customer_id": customer_id,
            "creates_provider_customer": False,
            "payment_method_id": default.id,
            "can_be_charged": True,
        }
        assert world.items("customers") == []

    def test_says_that_nothing_can_be_charged_yet(self, world: World) -> None:
        said = checked(world, provider_customer_id=world.stripe_customer(None))

        assert said["can_be_charged"] is False

    def test_says_that_a_customer_who_pays_from_a_balance_can_be_charged(self, world: World) -> None:
        said = checked(
            world, provider_customer_id=world.stripe_customer(None), provider_payment_methods=["customer_balance"]
        )

        assert said["can_be_charged"] is True

    def test_says_that_a_customer_would_be_created_in_stripe_and_creates_none(self, world: World) -> None:
        assert checked(world, sync_with_provider=True, payment_provider="stripe")["creates_provider_customer"] is True

    def test_knows_a_customer_that_is_there(self, world: World) -> None:
        customer_id = world.customer("acme")

        assert checked(world, provider_customer_id=customer_id)["is_known"] is True

    def test_does_not_know_one_that_was_deleted(self, world: World) -> None:
        customer_id = world.customer("acme")
        world.api("DELETE", f"{CUSTOMERS_PATH}/acme")

        assert checked(world, provider_customer_id=customer_id)["is_known"] is False

    def test_changes_nothing_at_stripe_that_sending_the_customer_would_change(self, world: World) -> None:
        customer_id = world.customer("acme")

        checked(world)

        assert world.stripe_calls(f"POST /v1/customers/{customer_id}") == 0
        assert world.stripe_client.v1.customers.retrieve(customer_id).email is None


class TestWhatWouldBeRefused:
    def test_is_refused_where_stripe_has_no_such_customer(self, world: World) -> None:
        billing = {"provider_customer_id": "cus_unknown"}

        details = refused_check(world, {"external_id": "acme", "billing_configuration": billing})

        assert details == {"provider_customer_id": ["provider_customer_not_found"]}

    def test_is_refused_where_stripe_has_deleted_it(self, world: World) -> None:
        customer_id = world.stripe_customer()
        world.stripe_client.v1.customers.delete(customer_id)
        billing = {"provider_customer_id": customer_id}

        details = refused_check(world, {"external_id": "acme", "billing_configuration": billing})

        assert details == {"provider_customer_id": ["provider_customer_not_found"]}

    def test_is_refused_in_the_words_of_the_request_itself(self, world: World) -> None:
        wrong = {"external_id": "acme", "email": 5, "taxes": [{"code": "vat"}]}

        assert refused_check(world, wrong) == refused_details(world, "POST", CUSTOMERS_PATH, {"customer": wrong})
