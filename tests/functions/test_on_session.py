"""India's rule: a customer there is charged as if they were there, so that the bank may ask them to authenticate."""

import pytest
from builders.customers import UNAUTHENTICATED, change_customer, customer_who_pays_with
from builders.durations import HOUR
from builders.invoices import collected
from builders.read import intents, invoice_and_stripe_status
from world.aws_calls import Moment
from world.world import World


@pytest.fixture(autouse=True)
def _connected_with_a_return_page(world: World) -> None:
    world.connect(success_redirect_url="https://acme.test/thanks")


@pytest.mark.parametrize("country", ["IN", "in"])
def test_a_bank_in_india_may_ask_the_customer_to_authenticate_who_is_notified_where(world: World, country: str) -> None:
    customer_who_pays_with(world, "card", payment_method=UNAUTHENTICATED, country=country)

    invoice_id = collected(world)

    notified = world.notification("payment.requires_action")["payment"]["next_action"]
    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")
    assert notified["type"] == "redirect_to_url"
    assert notified["redirect_to_url"]["return_url"] == "https://acme.test/thanks"
    assert world.notified() == ["payment.requires_action"]


def test_anywhere_else_it_fails_where_nobody_can_authenticate(world: World) -> None:
    customer_who_pays_with(world, "card", payment_method=UNAUTHENTICATED, country="DE")

    assert invoice_and_stripe_status(world, collected(world)) == ("failed", "requires_payment_method")


@pytest.mark.parametrize(("succeeds", "status"), [(True, "succeeded"), (False, "failed")])
def test_what_the_customer_does_there_decides(world: World, succeeds: bool, status: str) -> None:
    customer_who_pays_with(world, "card", payment_method=UNAUTHENTICATED, country="IN")
    invoice_id = collected(world)

    world.stripe.control.authenticate(intents(world)[0].id, succeeds=succeeds)
    world.run()

    assert world.invoice(invoice_id)["payment_status"] == status


def test_a_card_that_needs_no_authentication_is_charged_at_once(world: World) -> None:
    customer_who_pays_with(world, "card", payment_method="pm_card_visa", country="IN")

    assert invoice_and_stripe_status(world, collected(world)) == ("succeeded", "succeeded")


def test_who_does_not_authenticate_is_charged_again_by_a_retry(world: World) -> None:
    customer_who_pays_with(world, "card", payment_method=UNAUTHENTICATED, country="IN")
    invoice_id = collected(world)

    answer = world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment")
    world.collect_due()
    world.pass_time(60)
    world.look_again()

    assert answer.status == 200
    assert [intent.status for intent in intents(world)] == ["requires_action", "canceled"]
    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")


def test_a_retry_finds_that_the_customer_has_authenticated_meanwhile(world: World) -> None:
    customer_who_pays_with(world, "card", payment_method=UNAUTHENTICATED, country="IN")
    invoice_id = collected(world)
    world.stripe.control.authenticate(intents(world)[0].id)
    world.stripe.due_deliveries()

    world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment")
    world.collect_due()

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
    assert world.charged() == [4200]


@pytest.mark.parametrize("moment", Moment)
def test_a_customer_who_moves_between_two_sends_is_charged_once(world: World, moment: Moment) -> None:
    """Other parameters under the same key say that an earlier request exists: it is looked up."""
    customer_who_pays_with(world, "card", payment_method="pm_card_visa", country="IN")
    invoice_id = world.create_invoice()
    event = world.stream_event(world.new_images("invoices"))
    world.aws.crash("TransactWriteItems", moment)
    assert world.invoke("invoice-created", event)["batchItemFailures"]
    change_customer(world, country="DE")

    world.invoke("invoice-created", event)

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
    assert world.charged() == [4200]


def test_an_attempt_on_record_is_sent_as_it_was_begun_wherever_the_customer_moves(world: World) -> None:
    customer_who_pays_with(world, "card", payment_method=UNAUTHENTICATED, country="IN")
    world.stripe.control.add_fault("cut_before_commit", method="POST", path="/v1/payment_intents", times=2)
    invoice_id = collected(world)
    change_customer(world, country="DE")

    world.pass_time(HOUR)
    world.look_again()

    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")


def test_nothing_is_saved_on_a_link_of_a_customer_in_india(world: World) -> None:
    customer_who_pays_with(world, "card", country="IN")
    invoice_id = collected(world)
    world.api("POST", f"/api/v1/invoices/{invoice_id}/payment_url")
    (session,) = world.stripe_client.v1.checkout.sessions.list().data

    world.stripe.control.complete_checkout(session.id, "pm_card_visa")
    world.run()

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
    assert [intent.setup_future_usage for intent in intents(world)] == [None]
