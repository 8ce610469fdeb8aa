"""An attempt whose answer is not known: what else bears its name, and who it belongs to once it was never sent."""

import contextlib

import stripe
from builders.customers import (
    DECLINED,
    becomes_default,
    link_to_account,
    provider_customer_id,
)
from builders.due import days_go_by, look_a_minute_later
from builders.durations import HOUR
from builders.invoices import (
    failed_invoice,
    replace_item,
    unknown_invoice,
)
from builders.payments import (
    collect_under_name,
)
from builders.stripe_events import lose_events
from builders.stripe_requests import CREATE_INTENT, break_stripe
from world.world import World


def item_not_sent(world: World) -> str:
    """An item whose charge never reached Stripe, which was away."""
    world.connect()
    world.customer()
    world.customer("globex")
    invoice_id = world.put_invoice_item()
    break_stripe(world, CREATE_INTENT, "cut_before_commit")
    world.collect_new_invoices()
    world.stripe.control.clear_faults()
    return invoice_id


def hours_go_by(world: World, hours: int) -> None:
    for _ in range(hours):
        world.pass_time(HOUR)
        world.look_again()
        world.run()


def paying_customers(world: World) -> list[str]:
    return [
        str(one.customer) for one in world.stripe_client.v1.payment_intents.list().data if one.status == "succeeded"
    ]


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


def test_a_customer_that_is_deleted_while_the_next_attempt_begins_is_not_charged(world: World) -> None:
    failed_invoice(world)
    becomes_default(world, "pm_card_visa")
    world.deliver_stripe_events()

    world.aws.meanwhile("TransactWriteItems", lambda: world.api("DELETE", "/api/v1/customers/acme"))
    world.run()
    hours_go_by(world, 2)

    assert world.charged() == []
