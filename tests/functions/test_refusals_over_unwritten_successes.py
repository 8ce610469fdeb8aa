"""An attempt that was charged and not written down is found before Paystream refuses it for a reason of its own."""

from typing import Any

import pytest
from builders.customers import pays_with
from builders.due import look_a_minute_later
from builders.durations import DAY, HOUR, MINUTE
from builders.invoices import charged_and_not_written_down, hand_over
from builders.payments import pay_by_hand
from builders.read import still_payable
from world.aws_calls import Moment
from world.world import World

LATER = [14 * MINUTE, 16 * MINUTE, HOUR, 10 * HOUR, 25 * HOUR]


def lost_success(world: World) -> tuple[str, dict[str, Any]]:
    """An invoice of 42.00 EUR that was charged; the write crashed, and Stripe's event never arrives."""
    invoice_id, record = charged_and_not_written_down(world)
    world.stripe.due_deliveries()
    assert world.charged() == [4200]
    return invoice_id, record


def comes_again(world: World, record: dict[str, Any] | None) -> None:
    """The record of the stream, or the schedule."""
    if record:
        hand_over(world, record)
    else:
        look_a_minute_later(world)


def days_pass(world: World, days: int) -> None:
    for _ in range(days):
        world.pass_time(DAY)
        look_a_minute_later(world)


@pytest.mark.parametrize("by", ["its record", "the schedule"])
@pytest.mark.parametrize("seconds", LATER, ids=[f"{seconds // MINUTE} minutes" for seconds in LATER])
class TestATransferWithoutACountry:
    """The customer is to transfer money by now, which Paystream refuses in EUR without a country."""

    def test_does_not_hide_that_the_card_was_charged(self, world: World, seconds: int, by: str) -> None:
        invoice_id, record = lost_success(world)
        pays_with(world, "customer_balance")
        world.pass_time(seconds)

        comes_again(world, record if by == "its record" else None)
        days_pass(world, 2)

        assert world.charged() == [4200]
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_is_no_failure_that_anyone_is_notified_of(self, world: World, seconds: int, by: str) -> None:
        _, record = lost_success(world)
        pays_with(world, "customer_balance")
        world.pass_time(seconds)

        comes_again(world, record if by == "its record" else None)
        days_pass(world, 2)

        assert "invoice.payment_failure" not in world.notified()
        assert world.notified().count("payment.succeeded") == 1

    def test_is_not_followed_by_a_second_charge_when_the_customer_pays_by_card_again(
        self, world: World, seconds: int, by: str
    ) -> None:
        invoice_id, record = lost_success(world)
        pays_with(world, "customer_balance")
        world.pass_time(seconds)

        comes_again(world, record if by == "its record" else None)
        pays_with(world, "card")
        world.run()
        days_pass(world, 2)

        assert world.charged() == [4200]
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert still_payable(world) == []


def test_the_charge_is_on_record_besides_what_is_paid_by_hand_after_the_refusal(world: World) -> None:
    invoice_id, record = lost_success(world)
    pays_with(world, "customer_balance")
    world.pass_time(HOUR)
    hand_over(world, record)

    by_hand = pay_by_hand(world, invoice_id)
    days_pass(world, 2)

    received = sum(world.charged()) + (4200 if by_hand.status == 200 else 0)
    assert world.invoice(invoice_id)["total_paid_amount_cents"] == received


@pytest.mark.parametrize("seconds", LATER, ids=[f"{seconds // MINUTE} minutes" for seconds in LATER])
def test_an_amount_that_is_too_small_by_now_does_not_hide_that_the_former_one_was_charged(
    world: World, seconds: int
) -> None:
    """The item was replaced by one over less than Stripe's minimum, in the currency of the account."""
    world.connect()
    world.customer()
    invoice_id = world.put_invoice_item(currency="USD")
    images = world.new_images("invoices")
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    world.invoke("invoice-created", world.stream_event(images))
    world.stripe.due_deliveries()
    assert world.charged() == [4200]
    world.pass_time(seconds)

    world.put_invoice_item(currency="USD", total_amount_cents=10)
    world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))
    days_pass(world, 2)

    assert world.charged() == [4200]
    assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
