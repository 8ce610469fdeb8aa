"""An attempt whose answer is not known: what else bears its name, and who it belongs to once it was never sent."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
import stripe
from builders.customers import (
    DECLINED,
    becomes_default,
    link_to_account,
    provider_customer_id,
)
from builders.due import days_go_by, hours_go_by, look_a_minute_later
from builders.durations import DAY, HOUR
from builders.invoices import (
    charged_and_not_written_down,
    failed_invoice,
    item_not_sent,
    replace_item,
    unknown_invoice,
    waiting_invoice_of_events,
)
from builders.links import ask_for_link
from builders.payments import (
    collect_under_name,
    pay_by_hand,
    void,
)
from builders.read import paying_customers, statuses_of_attempts
from builders.stripe_events import event, lose_events, post
from builders.stripe_requests import CREATE_INTENT, break_stripe
from world.aws_calls import Moment
from world.world import World


class TestAnotherSystemsIntentUnderTheNameOfAnAttemptWhoseAnswerIsUnknown:
    def test_that_fails_is_not_taken_for_the_attempt(self, world: World) -> None:
        invoice_id = unknown_invoice(world)
        lose_events(world)

        with contextlib.suppress(stripe.CardError):
            collect_under_name(world, invoice_id, payment_method=DECLINED)
        world.run()
        becomes_default(world, "pm_card_mastercard")
        world.run()
        days_go_by(world, 2)

        assert world.charged() == [4200]

    def test_that_succeeds_does_not_hide_the_success_of_the_attempt(self, world: World) -> None:
        invoice_id = unknown_invoice(world)
        lose_events(world)

        collect_under_name(world, invoice_id)
        world.run()
        days_go_by(world, 2)

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == sum(world.charged()) == 8400

    def test_that_fails_later_is_not_found_in_place_of_its_success(self, world: World) -> None:
        invoice_id = unknown_invoice(world)
        world.pass_time(1)
        with contextlib.suppress(stripe.CardError):
            collect_under_name(world, invoice_id, payment_method=DECLINED)
        lose_events(world)

        world.pass_time(25 * HOUR)
        world.look_again()
        becomes_default(world, "pm_card_mastercard")
        world.run()
        days_go_by(world, 2)

        assert world.charged() == [4200]


def test_a_failed_attempt_is_closed_when_an_intent_under_the_name_of_the_next_one_pays(world: World) -> None:
    invoice_id = failed_invoice(world)
    (failed,) = world.payments(invoice_id)

    collect_under_name(world, invoice_id, attempt=2)
    world.run()
    look_a_minute_later(world, times=15)

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.stripe_client.v1.payment_intents.retrieve(failed["provider_payment_id"]).status == "canceled"


class TestAnAttemptThatNeverReachedStripe:
    def test_is_not_charged_over_the_former_amount(self, world: World) -> None:
        item_not_sent(world)

        replace_item(world, total_amount_cents=1000)
        hours_go_by(world, 3)

        assert sum(world.charged()) == 1000

    def test_is_not_charged_to_the_former_customer_of_the_item(self, world: World) -> None:
        item_not_sent(world)

        replace_item(world, external_customer_id="globex")
        hours_go_by(world, 3)

        assert paying_customers(world) == [provider_customer_id(world, "globex")]

    def test_is_not_charged_in_the_former_currency(self, world: World) -> None:
        item_not_sent(world)

        replace_item(world, currency="USD")
        hours_go_by(world, 3)

        assert [one.currency for one in world.stripe_client.v1.payment_intents.list().data] == ["usd"]

    def test_is_charged_to_whom_the_customer_is_linked_to_by_now(self, world: World) -> None:
        item_not_sent(world)
        other = world.stripe_customer()

        link_to_account(world, other, "stripe")
        hours_go_by(world, 3)

        assert paying_customers(world) == [other]

    def test_is_not_charged_after_its_customer_was_deleted(self, world: World) -> None:
        item_not_sent(world)

        assert world.api("DELETE", "/api/v1/customers/acme").status == 200
        hours_go_by(world, 3)

        assert world.charged() == []


def test_a_key_that_two_requests_use_at_once_for_two_invoices_pays_one_of_them(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    first, second = world.create_invoice(), world.create_invoice()
    world.collect_new_invoices()

    world.aws.meanwhile("TransactWriteItems", lambda: pay_by_hand(world, first, key="k"))
    assert pay_by_hand(world, second, key="k").status == 409
    assert [one["invoice_ids"] for one in world.payments(first)] == [[first]]
    hours_go_by(world, 3)

    assert world.invoice(first)["payment_status"] == "succeeded"
    assert world.invoice(second)["payment_status"] == "pending"
    assert world.invoice(second)["total_paid_amount_cents"] == 0


def test_a_charge_is_found_a_day_later_though_its_customer_is_gone_at_stripe(world: World) -> None:
    unknown_invoice(world)
    lose_events(world)
    world.stripe_client.v1.customers.delete(provider_customer_id(world))
    lose_events(world)

    world.pass_time(25 * HOUR)
    world.look_again()
    link_to_account(world, world.stripe_customer(), "stripe")
    world.run()
    days_go_by(world, 2)

    assert world.charged() == [4200]


def test_a_customer_that_is_deleted_while_the_next_attempt_begins_is_not_charged(world: World) -> None:
    failed_invoice(world)
    becomes_default(world, "pm_card_visa")
    world.deliver_stripe_events()

    world.aws.meanwhile("TransactWriteItems", lambda: world.api("DELETE", "/api/v1/customers/acme"))
    world.run()
    hours_go_by(world, 2)

    assert world.charged() == []


def test_an_intent_of_another_system_under_the_name_of_an_invoice_that_is_voided_is_closed(world: World) -> None:
    invoice_id = waiting_invoice_of_events(world)
    with contextlib.suppress(stripe.CardError):
        collect_under_name(world, invoice_id, payment_method=DECLINED)
    lose_events(world)

    void(world, invoice_id)
    look_a_minute_later(world, times=20)

    assert [one.status for one in world.stripe_client.v1.payment_intents.list().data] == ["canceled"]


def test_a_part_by_hand_while_the_next_attempt_begins_is_not_charged_too(world: World) -> None:
    invoice_id = failed_invoice(world)
    becomes_default(world, "pm_card_visa")
    world.deliver_stripe_events()

    world.aws.meanwhile("TransactWriteItems", lambda: pay_by_hand(world, invoice_id, 1000))
    world.run()
    look_a_minute_later(world, times=3)

    assert world.charged() == [3200]


def test_an_attempt_that_began_and_was_not_sent_is_not_charged_over_what_a_part_payment_leaves(world: World) -> None:
    invoice_id = failed_invoice(world)
    becomes_default(world, "pm_card_visa")
    world.deliver_stripe_events()
    world.aws.crash("TransactWriteItems", Moment.AFTER)
    world.collect_waiting()
    assert len(world.payments(invoice_id)) == 2
    assert world.charged() == []

    collect_under_name(world, invoice_id, 1000)
    world.run()
    hours_go_by(world, 3)

    assert sum(world.charged()) == 4200


def test_an_answer_of_stripe_is_on_record_though_another_intent_took_the_attempts_place_meanwhile(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.create_invoice()

    def another_system_is_faster() -> None:
        lose_events(world)
        collect_under_name(world, invoice_id)
        world.deliver_stripe_events()

    world.aws.meanwhile("TransactWriteItems", another_system_is_faster)
    world.collect_new_invoices()
    world.run()
    hours_go_by(world, 3)
    days_go_by(world, 2)

    assert world.charged() == [4200, 4200]
    assert world.invoice(invoice_id)["total_paid_amount_cents"] == 8400


def test_late_news_that_there_is_no_default_does_not_hide_what_was_charged_since(world: World) -> None:
    world.connect()
    customer = world.customer()
    world.run()
    world.pass_time(DAY)
    removed = {"id": customer, "object": "customer", "invoice_settings": {"default_payment_method": None}}
    before = {"invoice_settings": {"default_payment_method": "pm_before"}}
    late = event(world, "customer.updated", removed, previous_attributes=before)
    world.pass_time(HOUR)
    invoice_id = world.create_invoice()
    record = world.stream_event(world.new_images("invoices"))
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    world.invoke("invoice-created", record)
    lose_events(world)
    for card in world.stripe_client.v1.payment_methods.list({"customer": customer}).data:
        world.stripe_client.v1.payment_methods.detach(card.id)
    lose_events(world)

    assert post(world, late).status == 200
    world.invoke("invoice-created", record)
    hours_go_by(world, 3)

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_a_failed_attempt_is_closed_before_a_page_though_another_system_failed_under_the_next_name(
    world: World,
) -> None:
    invoice_id = failed_invoice(world)
    (failed,) = world.payments(invoice_id)
    with contextlib.suppress(stripe.CardError):
        collect_under_name(world, invoice_id, attempt=2, payment_method=DECLINED)
    world.run()

    assert ask_for_link(world, invoice_id).status == 200

    assert world.stripe_client.v1.payment_intents.retrieve(failed["provider_payment_id"]).status == "canceled"


def test_a_failure_of_another_system_is_not_that_of_a_charge_that_nobody_wrote_down(world: World) -> None:
    invoice_id, _ = charged_and_not_written_down(world)
    lose_events(world)

    with contextlib.suppress(stripe.CardError):
        collect_under_name(world, invoice_id, payment_method=DECLINED)
    world.run()
    becomes_default(world, "pm_card_mastercard")
    world.run()
    days_go_by(world, 2)

    assert world.charged() == [4200]


class TestAnotherSystemsSuccessUnderTheNameOfAFailedAttemptWhoseEventIsLost:
    def test_is_found_before_the_next_attempt_charges(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        collect_under_name(world, invoice_id)
        lose_events(world)

        becomes_default(world, "pm_card_mastercard")
        world.run()
        days_go_by(world, 2)

        assert world.charged() == [4200]

    @pytest.mark.parametrize("ended", [void, pay_by_hand], ids=["void", "paid by hand"])
    def test_is_on_record_after_a_person_has_ended_the_invoice(self, world: World, ended: Callable[..., Any]) -> None:
        invoice_id = failed_invoice(world)
        collect_under_name(world, invoice_id)
        lose_events(world)

        ended(world, invoice_id)
        look_a_minute_later(world, times=15)
        days_go_by(world, 2)

        assert "succeeded" in statuses_of_attempts(world, invoice_id)


class TestTenOrMoreAreLookedUpByAList:
    def test_and_a_later_failure_of_another_system_is_not_taken_for_the_attempt(self, world: World) -> None:
        world.connect()
        world.customer()
        ids = [world.create_invoice() for _ in range(12)]
        break_stripe(world, CREATE_INTENT, "cut_after_commit", times=24)
        world.collect_new_invoices()
        world.stripe.control.clear_faults()
        with contextlib.suppress(stripe.CardError):
            collect_under_name(world, ids[0], payment_method=DECLINED)
        lose_events(world)

        world.pass_time(25 * HOUR)
        world.look_again()

        assert world.invoice(ids[0])["payment_status"] == "succeeded"
