"""manage-payment-methods: what a customer has to pay with at Stripe is listed, chosen from, and taken away."""

from typing import Any

import pytest
from builders.customers import DECLINED, saved_method
from paystream.model.identifiers import saved_method_id
from world.api_gateway import ORGANIZATION, Answer
from world.aws_calls import Moment
from world.world import SECRET_KEY, World, load_event

PAYMENT_METHODS_PATH = "/api/v1/customers/acme/payment_methods"


def methods(world: World) -> list[dict[str, Any]]:
    answer = world.api("GET", PAYMENT_METHODS_PATH)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["payment_methods"]
    return found


def choose(world: World, lago_id: str) -> Answer:
    return world.api("PUT", f"{PAYMENT_METHODS_PATH}/{lago_id}/set_as_default")


def delete_method(world: World, lago_id: str) -> Answer:
    return world.api("DELETE", f"{PAYMENT_METHODS_PATH}/{lago_id}")


def default_method(world: World) -> str | None:
    """What is charged, as the customer shows it."""
    customer = world.api("GET", "/api/v1/customers/acme").body["customer"]
    found: str | None = customer["billing_configuration"]["payment_method_id"]
    return found


class TestTheList:
    def test_is_what_stripe_has_the_newest_first(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        newer = saved_method(world, customer)

        first, second = methods(world)

        assert (first["lago_id"], first["is_default"], second["is_default"]) == (newer, False, True)
        assert second["provider_method_id"] == default_method(world)
        assert (second["provider_method_type"], second["payment_provider_code"]) == ("card", "stripe")
        shown = [second[name] for name in ("brand", "last4", "exp_month", "exp_year")]
        assert shown == ["visa", "4242", 12, 2027]

    def test_says_how_many_there_are(self, world: World) -> None:
        world.connect()
        world.customer()

        meta = world.api("GET", PAYMENT_METHODS_PATH).body["meta"]

        assert (meta["total_count"], meta["next_page"], meta["next_cursor"]) == (1, None, None)

    @pytest.mark.parametrize("is_linked", [True, False])
    def test_is_empty_for_a_customer_who_has_none(self, world: World, is_linked: bool) -> None:
        world.connect()
        if is_linked:
            world.customer(payment_method=None)
        else:
            world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme"}})

        assert methods(world) == []

    def test_of_an_unknown_customer_is_not_found(self, world: World) -> None:
        assert world.api("GET", PAYMENT_METHODS_PATH).body["code"] == "customer_not_found"

    def test_of_a_customer_that_is_gone_at_stripe_is_refused_in_stripes_words(self, world: World) -> None:
        world.connect()
        world.stripe_client.v1.customers.delete(world.customer())

        assert world.api("GET", PAYMENT_METHODS_PATH).body["code"] == "third_party_error"

    def test_needs_a_key_that_stripe_accepts(self, world: World) -> None:
        world.connect()
        world.customer()
        world.stripe.control.expire_key(SECRET_KEY)

        assert world.api("GET", PAYMENT_METHODS_PATH).body["code"] == "third_party_error"
        assert "payment_provider.error" in world.notified()


class TestTheDefault:
    def test_is_what_the_next_invoice_is_charged_to(self, world: World) -> None:
        world.connect()
        customer = world.customer(payment_method=DECLINED)
        good = saved_method(world, customer, "pm_card_visa")

        answer = choose(world, good)

        assert (answer.status, answer.body["payment_method"]["is_default"]) == (200, True)
        invoice_id = world.create_invoice()
        world.run()
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_collects_what_waited_for_a_method(self, world: World) -> None:
        world.connect()
        customer = world.customer(payment_method="pm_card_visa")
        (card,) = methods(world)
        delete_method(world, card["lago_id"])
        world.run()
        invoice_id = world.create_invoice()
        world.collect_new_invoices()
        assert world.invoice(invoice_id)["payment_status"] == "pending"

        choose(world, saved_method(world, customer))
        world.run()

        assert (world.invoice(invoice_id)["payment_status"], world.charged()) == ("succeeded", [4200])

    def test_may_be_chosen_twice(self, world: World) -> None:
        world.connect()
        other = saved_method(world, world.customer())

        assert [choose(world, other).status, choose(world, other).status] == [200, 200]

    @pytest.mark.parametrize("moment", Moment)
    def test_is_known_after_a_crash_all_the_same(self, world: World, moment: Moment) -> None:
        world.connect()
        other = saved_method(world, world.customer())
        world.aws.crash("PutItem", moment, TableName="CustomersTable")
        assert choose(world, other).status == 500

        world.run()

        assert saved_method_id(ORGANIZATION, str(default_method(world))) == other


class TestTakingOneAway:
    def test_detaches_it_at_stripe_and_leaves_no_default(self, world: World) -> None:
        world.connect()
        world.customer()
        (card,) = methods(world)

        answer = delete_method(world, card["lago_id"])

        assert (answer.status, answer.body["payment_method"]["provider_method_id"]) == (200, card["provider_method_id"])
        assert (methods(world), default_method(world)) == ([], None)

    def test_leaves_another_default_alone(self, world: World) -> None:
        world.connect()
        other = saved_method(world, world.customer())
        before = default_method(world)

        delete_method(world, other)

        assert default_method(world) == before

    def test_once_more_is_not_found(self, world: World) -> None:
        world.connect()
        world.customer()
        (card,) = methods(world)
        delete_method(world, card["lago_id"])

        assert delete_method(world, card["lago_id"]).body["code"] == "payment_method_not_found"

    def test_is_known_after_a_crash_all_the_same(self, world: World) -> None:
        world.connect()
        world.customer()
        (card,) = methods(world)
        world.aws.crash("PutItem", Moment.BEFORE, TableName="CustomersTable")
        assert delete_method(world, card["lago_id"]).status == 500

        world.run()

        assert default_method(world) is None


@pytest.mark.parametrize("act", [choose, delete_method], ids=["choose", "destroy"])
def test_a_method_that_is_not_the_customers_is_not_found(world: World, act: Any) -> None:
    world.connect()
    world.customer()
    other = saved_method(world, world.stripe_customer())

    for unknown in (other, "no-such-method"):
        assert act(world, unknown).body["code"] == "payment_method_not_found"


def test_the_events_are_answered(world: World) -> None:
    world.connect()
    world.customer()

    assert len(world.call("manage-payment-methods", load_event("manage-payment-methods")).body["payment_methods"]) == 1
    for name in ("manage-payment-methods-default", "manage-payment-methods-destroy"):
        assert world.call("manage-payment-methods", load_event(name)).body["code"] == "payment_method_not_found"
