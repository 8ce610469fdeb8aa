"""An invoice that is paid by hand, or given up, while something may still come of its attempt: nothing is lost."""

import pytest
from builders.customers import UNAUTHENTICATED, customer_who_pays_with, link_to_account
from builders.due import look_a_minute_later
from builders.durations import DAY
from builders.invoices import charged_and_not_written_down, collected, hand_over
from builders.links import sessions
from builders.payments import pay_again, pay_by_hand, void
from builders.read import intents
from builders.stripe_events import lose_events
from builders.stripe_requests import CREATE_INTENT, LIST_INTENTS
from world.world import World

TEN_MINUTES = 600


class TestAnAttemptThatACrashKeptFromBeingWrittenDown:
    """Its customer has no payment method by now, so that it waits and may be settled by hand."""

    @pytest.fixture
    def invoice_id(self, world: World) -> str:
        invoice_id, record = charged_and_not_written_down(world)
        lose_events(world)
        link_to_account(world, world.stripe_customer(None), "stripe")
        world.stripe.control.add_fault("500_before_commit", method="GET", path="/v1/payment_intents", times=4)
        hand_over(world, record)
        world.stripe.control.clear_faults()
        return invoice_id

    def test_is_found_though_the_invoice_was_paid_by_hand(self, world: World, invoice_id: str) -> None:
        assert pay_by_hand(world, invoice_id).status == 200

        world.pass_time(TEN_MINUTES)
        world.look_again()

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 8400
        assert sorted(one["type"] for one in world.payments(invoice_id)) == ["manual", "provider"]
        assert world.notified().count("payment.succeeded") == 2

    def test_is_found_though_the_invoice_was_voided(self, world: World, invoice_id: str) -> None:
        assert void(world, invoice_id).status == 200

        world.pass_time(TEN_MINUTES)
        world.look_again()

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert not [item for item in world.items("invoices") if "due_at" in item]


def test_an_invoice_that_was_never_sent_is_looked_up_once(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    invoice_id = world.create_invoice()
    world.run()
    pay_by_hand(world, invoice_id)

    for _ in range(3):
        world.pass_time(TEN_MINUTES)
        world.look_again()

    assert world.stripe_calls(LIST_INTENTS) == 1
    assert world.stripe_calls(CREATE_INTENT) == 0
    assert not [item for item in world.items("invoices") if "due_at" in item]


@pytest.mark.parametrize("looks", [0, 8])
def test_a_voucher_of_a_page_that_is_paid_after_a_void_is_found_where_the_event_is_lost(
    world: World, looks: int
) -> None:
    """Before the void the schedule has learnt that the voucher was chosen, or not yet."""
    world.connect()
    world.stripe.control.set_settlement_delay(2 * DAY)
    customer_who_pays_with(world, "card", "boleto", payment_method=UNAUTHENTICATED)
    invoice_id = collected(world, currency="BRL")
    look_a_minute_later(world)
    world.stripe.control.complete_checkout(sessions(world)[0].id, "pm_boleto_success")
    world.run()
    look_a_minute_later(world, looks)
    assert void(world, invoice_id).status == 200

    for _ in range(8):
        world.pass_time(DAY)
        lose_events(world)
        world.look_again()

    assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200


class TestWhatAnotherSystemCollectsUnderTheNameOfAnAttempt:
    """Does not take the attempt's place: its own intent is still there, and may be paid."""

    @pytest.fixture
    def invoice_id(self, world: World) -> str:
        world.connect()
        customer_who_pays_with(world, "boleto", payment_method="pm_boleto_success")
        world.stripe.control.set_settlement_delay(2 * DAY)
        return collected(world, currency="BRL")

    def test_is_a_payment_of_its_own_and_the_attempt_is_closed(self, world: World, invoice_id: str) -> None:
        (own,) = world.payments(invoice_id)
        pay_again(world, own["lago_id"], currency="brl")

        world.run()
        look_a_minute_later(world)

        assert sorted(one["status"] for one in world.payments(invoice_id)) == ["canceled", "succeeded"]
        assert [one.status for one in intents(world)] == ["succeeded", "canceled"]
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200

    def test_does_not_keep_the_attempt_from_being_closed_after_a_payment_by_hand(
        self, world: World, invoice_id: str
    ) -> None:
        (own,) = world.payments(invoice_id)
        pay_by_hand(world, invoice_id)
        pay_again(world, own["lago_id"], currency="brl")
        world.run()

        look_a_minute_later(world)

        assert [one.status for one in intents(world)] == ["succeeded", "canceled"]
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 8400
