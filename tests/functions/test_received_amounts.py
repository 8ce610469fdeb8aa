"""What Stripe has received counts, not what was asked for: an intent can be captured in part."""

from typing import Any

from builders.accounts import connect_with_customer
from builders.customers import link_to_account
from builders.due import look_a_minute_later
from builders.durations import MINUTE
from builders.invoices import hand_over, waiting_invoice
from builders.payments import collect_under_name, paid_once, payment, refunds_at_stripe
from world.world import World


def capture_in_part(world: World, invoice_id: str, **more: Any) -> None:
    """A program authorises 42.00 under the name of the first attempt, and captures 10.00 of it."""
    authorised = collect_under_name(world, invoice_id, capture_method="manual", **more)
    assert authorised.status == "requires_capture"
    world.stripe_client.v1.payment_intents.capture(authorised.id, {"amount_to_capture": 1000})


def test_of_an_intent_that_was_captured_in_part_only_that_part_is_recorded(world: World) -> None:
    invoice_id = waiting_invoice(world)

    capture_in_part(world, invoice_id)
    world.run()

    assert [one["amount_cents"] for one in world.payments(invoice_id)] == [1000]
    assert world.invoice(invoice_id)["total_paid_amount_cents"] == sum(world.charged()) == 1000
    assert world.notification("payment.succeeded")["payment"]["amount_cents"] == 1000


def test_so_it_is_where_a_look_up_finds_it_because_the_event_was_lost(world: World) -> None:
    connect_with_customer(world)
    invoice_id = world.create_invoice()
    record = world.stream_event(world.new_images("invoices"))
    capture_in_part(world, invoice_id)
    world.stripe.due_deliveries()
    link_to_account(world, world.stripe_customer(None), "stripe")

    hand_over(world, record)
    world.pass_time(11 * MINUTE)
    look_a_minute_later(world)

    assert world.invoice(invoice_id)["total_paid_amount_cents"] == sum(world.charged()) == 1000


def test_of_a_second_payment_only_what_was_received_goes_back(world: World) -> None:
    first = paid_once(world)

    capture_in_part(world, payment(world, first)["invoice_ids"][0])
    world.run()
    look_a_minute_later(world)

    assert [one.amount for one in refunds_at_stripe(world)] == [1000]
    assert world.invoice(payment(world, first)["invoice_ids"][0])["total_refunded_amount_cents"] == 1000
