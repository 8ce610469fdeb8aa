"""customer_balance: an invoice is charged to the customer's balance at Stripe, which a bank transfer fills."""

from typing import Any

import pytest
from builders.customers import DECLINED, change_customer, customer_who_pays_with, pays_with, provider_customer_id
from builders.durations import DAY, HOUR
from builders.invoices import collected
from builders.read import intents, invoice_and_stripe_status
from builders.stripe_events import event, intent, post
from builders.stripe_requests import CREATE_SESSION
from world.aws_calls import Moment
from world.world import World

BALANCE = "customer_balance"
TRANSFER_TYPES = [
    ("EUR", {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "DE"}}),
    ("GBP", {"type": "gb_bank_transfer"}),
    ("JPY", {"type": "jp_bank_transfer"}),
    ("MXN", {"type": "mx_bank_transfer"}),
    ("USD", {"type": "us_bank_transfer"}),
]


@pytest.fixture(autouse=True)
def _connected(world: World) -> None:
    world.connect()


def awaited(world: World) -> str:
    """An invoice of `acme` over 42.00 EUR that waits for a bank transfer; returns its id."""
    customer_who_pays_with(world, BALANCE, country="DE")
    return collected(world)


def transfer(world: World, amount: int, currency: str = "eur") -> None:
    """Money of `acme` arrives at Stripe."""
    world.stripe.control.fund_customer_balance(provider_customer_id(world), amount, currency)


def remaining(world: World) -> list[int]:
    """What each notified instruction says is to be transferred."""
    items = [item for item in world.items("notifications") if item["webhook_type"] == "payment.requires_action"]
    bodies = [world.api("GET", f"/api/v1/webhooks/{item['lago_id']}").body["webhook"]["payload"] for item in items]
    actions = [body["payment"]["next_action"]["display_bank_transfer_instructions"] for body in bodies]
    return sorted(action["amount_remaining"] for action in actions)


def failure(world: World) -> dict[str, Any]:
    error: dict[str, Any] = world.notification("invoice.payment_failure")["payment_provider_invoice_payment_error"]
    return error


@pytest.mark.parametrize(("currency", "wanted"), TRANSFER_TYPES)
def test_without_any_saved_method_the_customer_is_notified_where_to_transfer_to(
    world: World, currency: str, wanted: dict[str, Any]
) -> None:
    customer_who_pays_with(world, BALANCE, country="DE")

    invoice_id = collected(world, currency=currency)

    (made,) = intents(world)
    notified = world.notification("payment.requires_action")["payment"]["next_action"]
    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")
    assert made.payment_method_options.to_dict()["customer_balance"]["bank_transfer"] == wanted
    assert notified["display_bank_transfer_instructions"]["amount_remaining"] == 4200
    assert notified == world.payments(invoice_id)[0]["next_action"]
    assert world.notified() == ["payment.requires_action"]
    assert world.stripe_calls() == 1


def test_a_balance_that_covers_it_pays_at_once(world: World) -> None:
    customer_who_pays_with(world, BALANCE, country="DE")
    transfer(world, 5000)

    assert invoice_and_stripe_status(world, collected(world)) == ("succeeded", "succeeded")
    assert invoice_and_stripe_status(world, collected(world, amount=800)) == ("succeeded", "succeeded")
    assert sorted(world.charged()) == [800, 4200]


def test_a_transfer_that_arrives_pays(world: World) -> None:
    invoice_id = awaited(world)

    transfer(world, 4200)
    world.run()

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
    assert world.payments(invoice_id)[0]["next_action"] == {}
    assert world.notified() == ["invoice.payment_status_updated", "payment.requires_action", "payment.succeeded"]


def test_a_part_of_the_money_is_notified_with_what_remains_and_is_no_end(world: World) -> None:
    invoice_id = awaited(world)

    transfer(world, 1000)
    world.run()

    shown = world.payments(invoice_id)[0]["next_action"]["display_bank_transfer_instructions"]
    assert shown["amount_remaining"] == 3200
    assert remaining(world) == [3200, 4200]
    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")

    transfer(world, 3200)
    world.run()

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
    assert world.charged() == [4200]


def test_what_remains_only_falls_in_whatever_order_the_events_come(world: World) -> None:
    invoice_id = awaited(world)
    transfer(world, 1000)
    transfer(world, 1000)
    events = [one for one in world.stripe.due_deliveries() if one.event_type == "payment_intent.partially_funded"]

    for delivery in [*reversed(events), *events]:
        assert world.deliver(delivery) == 200

    shown = world.payments(invoice_id)[0]["next_action"]["display_bank_transfer_instructions"]
    assert shown["amount_remaining"] == 2200
    assert remaining(world) == [2200, 4200]


def test_the_instructions_reach_the_subscriber_though_the_answer_and_the_events_are_lost(world: World) -> None:
    customer_who_pays_with(world, BALANCE, country="DE")
    world.stripe.control.add_fault("cut_after_commit", method="POST", path="/v1/payment_intents", times=2)
    invoice_id = world.create_invoice()
    world.collect_new_invoices()
    world.stripe.due_deliveries()
    assert world.notified() == []

    world.pass_time(HOUR)
    world.look_again()

    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")
    assert world.notified() == ["payment.requires_action"]
    assert len(intents(world)) == 1


def test_a_transfer_of_which_no_event_comes_is_found_by_the_schedule(world: World) -> None:
    invoice_id = awaited(world)
    transfer(world, 4200)
    world.stripe.due_deliveries()

    world.pass_time(DAY)
    world.look_again()

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")


@pytest.mark.parametrize("country", [None, "AT", "US"])
def test_a_transfer_in_eur_from_where_stripe_has_no_account_fails_and_nothing_is_sent(
    world: World, country: str | None
) -> None:
    customer_who_pays_with(world, BALANCE, country=country)

    invoice_id = collected(world)

    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert failure(world)["provider_error"]["error_code"] == "missing_country"
    assert (failure(world)["retry"], failure(world)["will_retry"]) == ("after_customer_acts", False)
    assert world.stripe_calls() == 0


def test_once_the_country_is_right_a_retry_asks_for_the_transfer(world: World) -> None:
    customer_who_pays_with(world, BALANCE)
    invoice_id = collected(world)
    change_customer(world, country="fr")
    world.run()
    world.pass_time(900)

    world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment")
    world.collect_due()

    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")


def test_a_currency_without_transfers_is_refused_by_stripe_and_tried_once(world: World) -> None:
    customer_who_pays_with(world, BALANCE, country="BR")

    invoice_id = collected(world, currency="BRL")
    world.look_again()

    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert failure(world)["will_retry"] is False
    assert world.stripe_calls() == 1


def test_a_card_that_is_saved_meanwhile_is_not_charged(world: World) -> None:
    invoice_id = awaited(world)
    customer = str(world.items("customers")[0]["provider_customer_id"])
    world.stripe_client.v1.setup_intents.create(
        {
            "customer": customer,
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    world.run()

    second = collected(world)

    assert (
        invoice_and_stripe_status(world, invoice_id)
        == invoice_and_stripe_status(world, second)
        == ("pending", "requires_action")
    )
    assert world.charged() == []


def test_an_invoice_that_waits_for_a_card_is_collected_once_the_customer_pays_by_transfer(world: World) -> None:
    customer_who_pays_with(world, "card", country="DE")
    invoice_id = collected(world)

    pays_with(world, BALANCE)
    world.run()

    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")


def test_an_invoice_whose_card_was_declined_is_collected_once_the_customer_pays_by_transfer(world: World) -> None:
    customer_who_pays_with(world, "card", payment_method=DECLINED, country="DE")
    invoice_id = collected(world)
    world.pass_time(900)

    pays_with(world, BALANCE)
    world.run()

    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")


def test_a_transfer_that_failed_is_collected_once_the_customer_pays_with_a_card(world: World) -> None:
    customer_who_pays_with(world, BALANCE, payment_method="pm_card_visa")
    invoice_id = collected(world)
    assert world.invoice(invoice_id)["payment_status"] == "failed"
    world.pass_time(900)

    pays_with(world, "card")
    world.run()

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
    assert world.charged() == [4200]


def test_an_intent_that_is_canceled_at_stripe_is_a_failure_that_is_not_repeated_automatically(world: World) -> None:
    invoice_id = awaited(world)
    world.stripe_client.v1.payment_intents.cancel(intents(world)[0].id)
    world.run()

    world.pass_time(2 * DAY)
    world.look_again()
    world.run()

    assert invoice_and_stripe_status(world, invoice_id) == ("failed", "canceled")
    assert world.stripe_calls() == 1


def test_a_canceled_intent_that_only_its_event_reports_is_not_repeated_either(world: World) -> None:
    """The answer was lost, and the attempt is known by the event alone."""
    customer_who_pays_with(world, BALANCE, country="DE")
    invoice_id = world.create_invoice()
    post(world, event(world, "payment_intent.canceled", intent(invoice_id, "canceled")))

    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert world.invoice(invoice_id)["next_retry_at"] is None


def test_a_retry_asks_for_the_transfer_again_and_loses_no_money(world: World) -> None:
    invoice_id = awaited(world)
    transfer(world, 1000)
    world.run()

    answer = world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment")
    world.collect_due()
    world.pass_time(60)
    world.look_again()

    shown = world.payments(invoice_id)[0]["next_action"]["display_bank_transfer_instructions"]
    assert answer.status == 200
    assert [one.status for one in intents(world)] == ["requires_action", "canceled"]
    assert shown["amount_remaining"] == 3200


def test_a_retry_charges_the_card_that_the_customer_pays_with_by_now(world: World) -> None:
    customer_who_pays_with(world, BALANCE, payment_method="pm_card_visa", country="DE")
    invoice_id = collected(world)
    pays_with(world, "card")
    world.run()
    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")

    world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment")
    world.collect_due()
    world.pass_time(60)
    world.look_again()

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
    assert world.charged() == [4200]


def test_what_is_superseded_in_an_account_that_is_gone_is_left_alone(world: World) -> None:
    invoice_id = awaited(world)
    world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment")
    world.lose_messages()
    world.api("DELETE", "/api/v1/integrations/stripe/stripe?force=true")

    world.pass_time(60)

    assert world.look_again() == 0
    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")


def test_a_method_cannot_be_chosen_for_who_pays_by_transfer(world: World) -> None:
    customer_who_pays_with(world, BALANCE, payment_method="pm_card_visa")
    invoice_id = collected(world)
    (method,) = world.api("GET", "/api/v1/customers/acme/payment_methods").body["payment_methods"]
    world.pass_time(900)
    chosen = {"payment_method": {"payment_method_type": "provider", "payment_method_id": method["lago_id"]}}

    world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment", chosen)
    world.collect_due()

    codes = [item["body"] for item in world.items("notifications") if "payment_method_not_found" in str(item["body"])]
    assert len(codes) == 1
    assert world.stripe_calls() == 0


@pytest.mark.parametrize("action", ["void", "paid by hand", "given up"])
def test_what_is_settled_otherwise_is_canceled_at_stripe_and_its_money_stays_the_customers(
    world: World, action: str
) -> None:
    invoice_id = awaited(world)
    transfer(world, 1000)
    world.run()

    if action == "void":
        answer = world.api("POST", f"/api/v1/invoices/{invoice_id}/void")
    elif action == "given up":
        answer = world.api("PUT", f"/api/v1/invoices/{invoice_id}", {"invoice": {"payment_status": "succeeded"}})
    else:
        paid = {"invoice_id": invoice_id, "amount_cents": 4200, "reference": "cash"}
        answer = world.api("POST", "/api/v1/payments", {"payment": paid})
    world.pass_time(60)
    world.look_again()
    transfer(world, 3200)
    world.run()

    assert answer.status == 200
    assert [one.status for one in intents(world)] == ["canceled"]
    assert world.charged() == []
    assert "invoice.payment_failure" not in world.notified()
    assert invoice_and_stripe_status(world, collected(world)) == ("succeeded", "succeeded")


def test_a_part_that_is_paid_by_hand_is_refused_while_the_whole_is_awaited(world: World) -> None:
    invoice_id = awaited(world)
    part = {"invoice_id": invoice_id, "amount_cents": 1000, "reference": "cash"}

    answer = world.api("POST", "/api/v1/payments", {"payment": part})

    assert (answer.status, answer.body["code"]) == (405, "payment_processor_is_currently_handling_payment")


def test_a_transfer_that_arrives_before_a_void_is_seen_to_is_recorded(world: World) -> None:
    invoice_id = awaited(world)
    world.api("POST", f"/api/v1/invoices/{invoice_id}/void")
    transfer(world, 4200)
    world.stripe.due_deliveries()

    world.pass_time(60)
    world.look_again()

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
    assert "payment.succeeded" in world.notified()


def test_a_payment_link_cancels_what_is_awaited_and_offers_the_transfer_there(world: World) -> None:
    invoice_id = awaited(world)

    answer = world.api("POST", f"/api/v1/invoices/{invoice_id}/payment_url")
    (session,) = world.stripe_client.v1.checkout.sessions.list().data
    world.stripe.control.complete_checkout(session.id, "pm_customerBalance")
    world.run()
    world.pass_time(DAY)
    world.look_again()

    assert answer.status == 200
    assert [one.status for one in intents(world)] == ["requires_action", "canceled"]
    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")

    transfer(world, 4200)
    world.run()

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")


def test_a_payment_link_for_a_transfer_without_a_country_is_refused(world: World) -> None:
    customer_who_pays_with(world, BALANCE)
    invoice_id = collected(world)
    world.pass_time(900)

    answer = world.api("POST", f"/api/v1/invoices/{invoice_id}/payment_url")

    assert (answer.status, answer.body["error_details"]) == (422, {"base": ["payment_provider_error"]})
    assert world.stripe_calls(CREATE_SESSION) == 0


@pytest.mark.parametrize("moment", Moment)
def test_a_crash_around_the_write_asks_for_one_transfer(world: World, moment: Moment) -> None:
    customer_who_pays_with(world, BALANCE, country="DE")
    invoice_id = world.create_invoice()
    new = world.stream_event(world.new_images("invoices"))
    world.aws.crash("TransactWriteItems", moment)
    assert world.invoke("invoice-created", new)["batchItemFailures"]

    world.invoke("invoice-created", new)

    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")
    assert len(intents(world)) == 1
    assert world.notified() == ["payment.requires_action"]


def test_a_transfer_that_a_crash_kept_from_being_written_is_found_though_the_customer_pays_with_cards_by_now(
    world: World,
) -> None:
    customer_who_pays_with(world, BALANCE, country="DE")
    world.pass_time(HOUR)
    invoice_id = world.create_invoice()
    new = world.stream_event(world.new_images("invoices"))
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    assert world.invoke("invoice-created", new)["batchItemFailures"]
    pays_with(world, "card")
    world.stripe.due_deliveries()
    world.lose_messages()

    world.invoke("invoice-created", new)
    world.pass_time(HOUR)
    world.look_again()

    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")
    assert len(intents(world)) == 1
