"""What is paid in part leaves the rest to be paid, once; what is too much is on record, notified, and goes back."""

from contextlib import suppress

import pytest
import stripe
from builders.customers import (
    DECLINED,
    UNAUTHENTICATED,
    becomes_default,
    customer_who_pays_with,
)
from builders.due import look_a_minute_later
from builders.invoices import collected, failed_invoice, waiting_invoice
from builders.links import pay_on_open_pages, payment_url, sessions
from builders.payments import collect_under_name, kept_at_stripe, pay_by_hand, refunds_at_stripe
from builders.read import intents, notified_of, still_payable
from world.world import World

PART = 1000


def pay_part_by_hand(world: World, invoice_id: str) -> None:
    """10.00 of 42.00. The request may be answered 405 until the failed attempt is closed."""
    for _ in range(20):
        if pay_by_hand(world, invoice_id, PART, key="transfer-8812").status == 200:
            return
        look_a_minute_later(world)
    pytest.fail("the payment by hand was never taken")


def confirm_what_failed(world: World) -> None:
    """A person confirms the failed intent with a card that pays, if Stripe lets it be confirmed still."""
    with suppress(stripe.InvalidRequestError):
        world.stripe_client.v1.payment_intents.confirm(
            intents(world)[-1].id, {"payment_method": "pm_card_visa", "off_session": True}
        )
    world.run()


class TestAPartThatIsPaidByHandAfterADecline:
    @pytest.mark.parametrize("minutes", [0, 2])
    @pytest.mark.parametrize("card", [DECLINED, UNAUTHENTICATED])
    def test_never_ends_in_more_than_is_owed(self, world: World, card: str, minutes: int) -> None:
        invoice_id = failed_invoice(world, card=card, refund_second_payments=True, authentication_links=False)
        pay_part_by_hand(world, invoice_id)
        look_a_minute_later(world, times=minutes)

        confirm_what_failed(world)
        look_a_minute_later(world, times=3)

        assert PART + kept_at_stripe(world) <= 4200
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == PART + sum(world.charged())

    def test_closes_the_failed_attempt_which_was_over_more_than_is_due(self, world: World) -> None:
        invoice_id = failed_invoice(world)

        pay_part_by_hand(world, invoice_id)
        look_a_minute_later(world, times=3)

        assert still_payable(world) == []
        becomes_default(world)
        world.run()
        look_a_minute_later(world)
        assert world.charged() == [4200 - PART]
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"


class TestAPartThatIsPaidByHandWhileTheWholeIsCharged:
    """Settle-due has found a method that the customer saved, and Stripe has charged it."""

    def charge(self, world: World, *, goes_back: bool) -> tuple[str, int]:
        """The invoice's id, and what was taken of the payment by hand, in minor units."""
        invoice_id = waiting_invoice(world, refund_second_payments=goes_back)
        becomes_default(world)
        world.stripe.due_deliveries()
        answers: list[int] = []

        def meanwhile() -> None:
            answers.append(pay_by_hand(world, invoice_id, PART).status)

        world.aws.meanwhile("TransactWriteItems", meanwhile)
        look_a_minute_later(world, times=11)
        assert not world.aws.are_still_to_come
        return invoice_id, PART if answers == [200] else 0

    def test_is_a_surplus_that_goes_back(self, world: World) -> None:
        invoice_id, by_hand = self.charge(world, goes_back=True)

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == by_hand + sum(world.charged())
        assert by_hand + kept_at_stripe(world) == 4200
        assert len(notified_of(world, "refund")) == len(refunds_at_stripe(world))

    def test_is_a_surplus_on_record_where_the_setting_does_not_send_it_back(self, world: World) -> None:
        invoice_id, by_hand = self.charge(world, goes_back=False)

        assert refunds_at_stripe(world) == []
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == by_hand + sum(world.charged())
        assert world.notified().count("payment.succeeded") == (2 if by_hand else 1)


class TestASuccessOverLessThanIsOwed:
    """1.00 under the name of an invoice over 4,200.00."""

    def test_is_a_part_payment_after_which_the_invoice_is_owed_still(self, world: World) -> None:
        invoice_id = waiting_invoice(world, amount=420_000)

        collect_under_name(world, invoice_id, 100)
        world.run()

        invoice = world.invoice(invoice_id)
        assert (invoice["total_paid_amount_cents"], invoice["total_due_amount_cents"]) == (100, 419_900)
        assert invoice["payment_status"] != "succeeded"
        assert world.notified().count("payment.succeeded") == 1

    def test_leaves_the_rest_to_be_charged_when_the_customer_has_a_card(self, world: World) -> None:
        invoice_id = waiting_invoice(world, amount=420_000)
        collect_under_name(world, invoice_id, 100)
        world.run()

        becomes_default(world)
        world.run()
        look_a_minute_later(world, times=20)

        assert sorted(world.charged()) == [100, 419_900]
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_so_it_is_where_the_name_is_that_of_a_failed_attempt(self, world: World) -> None:
        invoice_id = failed_invoice(world)

        collect_under_name(world, invoice_id, 100)
        world.run()
        look_a_minute_later(world)

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 100
        assert world.invoice(invoice_id)["payment_status"] != "succeeded"

    def test_closes_a_page_over_more_than_is_due(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        payment_url(world, invoice_id)
        (page,) = sessions(world)

        collect_under_name(world, invoice_id, PART)
        world.run()
        look_a_minute_later(world, times=15)

        pay_on_open_pages(world)
        assert sum(world.charged()) <= 4200
        assert page.id not in still_payable(world)

    def test_closes_a_transfer_over_more_than_is_due(self, world: World) -> None:
        world.connect()
        customer_who_pays_with(world, "customer_balance", country="DE")
        invoice_id = collected(world)
        (awaited,) = intents(world)

        collect_under_name(world, invoice_id, PART)
        world.run()
        look_a_minute_later(world, times=15)

        assert awaited.status == "requires_action"
        assert awaited.id not in still_payable(world)
        assert world.charged() == [PART]
