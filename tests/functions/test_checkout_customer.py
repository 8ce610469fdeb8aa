"""checkout-customer: a customer is led to Stripe's page, saves a method there, and what waited is collected."""

from typing import Any

import pytest
from builders.read import notification_bodies
from builders.stripe_requests import CREATE_SESSION, break_stripe
from world.api_gateway import Answer
from world.world import SECRET_KEY, World, load_event

RETURN = "https://acme.test/thanks"


def ask_for_checkout(world: World, external_id: str = "acme") -> Answer:
    return world.api("POST", f"/api/v1/customers/{external_id}/checkout_url")


def session(world: World) -> Any:
    """The only page that was made."""
    (made,) = world.stripe_client.v1.checkout.sessions.list().data
    return made


def test_the_answer_is_lagos(world: World) -> None:
    world.connect()
    world.customer()

    answer = ask_for_checkout(world)

    assert answer.status == 200
    customer = world.api("GET", "/api/v1/customers/acme").body["customer"]
    assert answer.body["customer"] == {
        "lago_customer_id": customer["lago_id"],
        "external_customer_id": "acme",
        "payment_provider": "stripe",
        "payment_provider_code": "stripe",
        "checkout_url": session(world).url,
    }


def test_each_page_is_notified(world: World) -> None:
    world.connect()
    world.customer()

    made = [ask_for_checkout(world).body["customer"] for _ in range(2)]

    bodies = [body["payment_provider_customer_checkout_url"] for body in notification_bodies(world)]
    assert world.notified() == ["customer.checkout_url_generated"] * 2
    assert sorted(bodies, key=str) == sorted(made, key=str)


def test_a_page_that_stripe_refuses_is_not_notified(world: World) -> None:
    world.connect()
    world.customer()
    break_stripe(world, CREATE_SESSION, "500_before_commit")

    assert ask_for_checkout(world).status == 503

    assert world.notified() == []


def test_a_card_that_is_saved_there_collects_what_waited_for_it(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    invoice_id = world.create_invoice()
    world.run()
    ask_for_checkout(world)

    world.stripe.control.complete_checkout(session(world).id, "pm_card_visa")
    world.run()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


def test_the_page_leads_back_to_where_the_integration_says(world: World) -> None:
    world.connect(success_redirect_url=RETURN)
    world.customer()

    ask_for_checkout(world)

    assert (session(world).mode, session(world).success_url) == ("setup", RETURN)


def test_only_methods_that_can_be_saved_are_offered(world: World) -> None:
    world.connect()
    world.customer()
    billing = {"billing_configuration": {"provider_payment_methods": ["card", "sepa_debit", "crypto"]}}
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", **billing}})

    ask_for_checkout(world)

    assert session(world).allowed_payment_method_types == ["card", "sepa_debit"]


def test_methods_that_are_paid_with_once_cannot_be_saved(world: World) -> None:
    world.connect()
    world.customer()
    billing = {"billing_configuration": {"provider_payment_methods": ["customer_balance"]}}
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", **billing}})

    answer = ask_for_checkout(world)

    wanted = {"provider_payment_methods": ["no_payment_methods_to_setup_available"]}
    assert (answer.status, answer.body["error_details"]) == (422, wanted)


def test_a_customer_without_stripe_has_no_page(world: World) -> None:
    world.connect()
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme"}})

    answer = ask_for_checkout(world)

    assert (answer.status, answer.body["error_details"]) == (422, {"base": ["no_linked_payment_provider"]})


def test_a_customer_of_an_account_that_is_gone_has_no_page(world: World) -> None:
    world.connect()
    world.customer()
    world.api("DELETE", "/api/v1/integrations/stripe/stripe")

    assert ask_for_checkout(world).body["error_details"] == {"base": ["no_linked_payment_provider"]}


def test_a_customer_whose_creation_at_stripe_was_cut_off_is_created_first(world: World) -> None:
    world.connect(create_customers=True)
    world.stripe.control.add_fault("cut_before_commit", method="POST", path="/v1/customers", times=2)
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme"}})
    world.stripe.control.clear_faults()

    assert ask_for_checkout(world).status == 200


def test_a_customer_that_was_deleted_at_stripe_is_refused_in_stripes_words(world: World) -> None:
    world.connect()
    world.stripe_client.v1.customers.delete(world.customer())

    answer = ask_for_checkout(world)

    assert (answer.status, answer.body["code"]) == (422, "third_party_error")


def test_a_refused_key_is_notified_and_pauses_the_account(world: World) -> None:
    world.connect()
    world.customer()
    world.stripe.control.expire_key(SECRET_KEY)

    answer = ask_for_checkout(world)

    assert (answer.status, answer.body["code"]) == (422, "third_party_error")
    assert "payment_provider.error" in world.notified()


def test_when_stripe_does_not_answer_the_caller_is_to_try_again(world: World) -> None:
    world.connect()
    world.customer()
    world.stripe.control.add_fault("cut_before_commit", method="POST", path="/v1/checkout/sessions", times=2)

    assert ask_for_checkout(world).status == 503
    assert ask_for_checkout(world).status == 200


def test_an_unknown_customer_is_not_found(world: World) -> None:
    assert ask_for_checkout(world).body["code"] == "customer_not_found"


@pytest.mark.parametrize("external_id", ["a%2Fb", "a%3Fb", "a%23b", "a%20b", "%F0%9F%A6%8A"])
def test_an_id_is_read_as_it_was_meant(world: World, external_id: str) -> None:
    world.connect()
    world.customer("a/b")

    answer = ask_for_checkout(world, external_id)

    assert answer.status == (200 if external_id == "a%2Fb" else 404)


def test_the_event_is_answered(world: World) -> None:
    world.connect()
    world.customer()

    assert world.call("checkout-customer", load_event("checkout-customer")).status == 200
    assert world.stripe_calls(CREATE_SESSION) == 1
