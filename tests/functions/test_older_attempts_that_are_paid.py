"""Whichever attempt pays an invoice: minutes after it is settled, nothing else of it can be paid."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import stripe
from builders.customers import DECLINED, becomes_default, customer_who_pays_with
from builders.debits import IBAN_THAT_FAILS, bank_debit, create_sepa_debit
from builders.due import look_a_minute_later
from builders.durations import DAY, MINUTE
from builders.invoices import collected, waiting_invoice
from builders.links import pay_on_open_pages, pay_on_page, payment_url
from builders.payments import collect_under_name, kept_at_stripe, pay_by_hand, retry, void
from builders.read import intents, still_payable
from world.world import World


def confirm(world: World, intent_id: str) -> None:
    """A person confirms an intent with a card that pays, if Stripe lets it be confirmed still."""
    with suppress(stripe.InvalidRequestError):
        world.stripe_client.v1.payment_intents.confirm(
            intent_id, {"payment_method": "pm_card_visa", "return_url": "https://acme.test"}
        )


def minutes_pass(world: World) -> None:
    look_a_minute_later(world, times=15)


@pytest.fixture
def bounced(world: World) -> tuple[str, str]:
    """An invoice whose link was paid by a SEPA debit that bounced; its id, and that of the page's intent, which Stripe
    cannot cancel.
    """
    world.connect(refund_second_payments=True)
    customer_who_pays_with(world, "card", "sepa_debit")
    invoice_id = collected(world)
    payment_url(world, invoice_id)
    world.stripe.control.set_settlement_delay(3 * DAY)
    pay_on_page(world, create_sepa_debit(world, IBAN_THAT_FAILS))
    world.run()
    world.pass_time(4 * DAY)
    look_a_minute_later(world)
    assert world.invoice(invoice_id)["payment_status"] == "failed"
    return invoice_id, intents(world)[0].id


class TestADebitOfAFormerPageThatIsConfirmedAfterAll:
    def test_closes_the_page_that_is_open_by_then(self, world: World, bounced: tuple[str, str]) -> None:
        invoice_id, intent_id = bounced
        payment_url(world, invoice_id)
        confirm(world, intent_id)
        world.run()

        minutes_pass(world)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        was_open = still_payable(world)
        pay_on_open_pages(world)
        assert world.charged() == [4200]
        assert was_open == []

    def test_closes_the_charge_that_was_declined_since(self, world: World, bounced: tuple[str, str]) -> None:
        invoice_id, intent_id = bounced
        becomes_default(world, DECLINED)
        world.run()
        look_a_minute_later(world)
        assert len(intents(world)) == 2
        confirm(world, intent_id)
        world.run()

        minutes_pass(world)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        was_open = still_payable(world)
        for intent in intents(world):
            confirm(world, intent.id)
        assert world.charged() == [4200]
        assert was_open == []

    @pytest.mark.parametrize("days", [0, 3])
    def test_is_found_where_its_event_is_lost(self, world: World, bounced: tuple[str, str], days: int) -> None:
        """Three days later its end was looked at."""
        invoice_id, intent_id = bounced
        for _ in range(days):
            world.pass_time(DAY)
            look_a_minute_later(world)
        confirm(world, intent_id)
        world.stripe.due_deliveries()

        for _ in range(3):
            world.pass_time(DAY)
            look_a_minute_later(world)

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == sum(world.charged()) == 4200

    @pytest.mark.parametrize("settle", [void, pay_by_hand])
    def test_is_on_record_and_a_surplus_where_the_invoice_was_settled_otherwise(
        self, world: World, bounced: tuple[str, str], settle: Callable[[World, str], Any]
    ) -> None:
        invoice_id, intent_id = bounced
        payment_url(world, invoice_id)
        assert settle(world, invoice_id).status == 200
        minutes_pass(world)
        assert still_payable(world) == []

        confirm(world, intent_id)
        world.run()
        minutes_pass(world)

        by_hand = 4200 if settle is pay_by_hand else 0
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == by_hand + 4200
        assert world.notified().count("payment.succeeded") == (2 if by_hand else 1)
        assert by_hand + kept_at_stripe(world) == 4200


class TestMoneyUnderTheNameOfAnOpenLink:
    """A program that may write to the account collects with the same metadata."""

    @pytest.fixture
    def invoice_id(self, world: World) -> str:
        invoice_id = waiting_invoice(world, refund_second_payments=True)
        payment_url(world, invoice_id)
        return invoice_id

    def test_closes_the_page(self, world: World, invoice_id: str) -> None:
        collect_under_name(world, invoice_id)
        world.run()

        minutes_pass(world)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        was_open = still_payable(world)
        pay_on_open_pages(world)
        assert world.charged() == [4200]
        assert was_open == []

    def test_comes_besides_what_is_paid_on_the_page_in_the_same_moment(self, world: World, invoice_id: str) -> None:
        collect_under_name(world, invoice_id)
        pay_on_page(world)
        world.run()

        minutes_pass(world)

        assert sorted(one["payment_status"] for one in world.payments(invoice_id)) == ["succeeded", "succeeded"]
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == sum(world.charged()) == 8400
        assert kept_at_stripe(world) == 4200


@pytest.mark.parametrize("settle", [void, pay_by_hand])
def test_an_intent_of_another_system_under_our_name_that_is_not_paid_yet_is_closed_when_the_invoice_is_settled(
    world: World, settle: Callable[[World, str], Any]
) -> None:
    world.connect()
    world.customer(payment_method=DECLINED)
    invoice_id = collected(world)
    with suppress(stripe.CardError):
        collect_under_name(world, invoice_id, payment_method="pm_card_visa_chargeDeclined")
    world.run()

    assert settle(world, invoice_id).status == 200
    minutes_pass(world)

    assert len(intents(world)) == 2
    was_open = still_payable(world)
    for intent in intents(world):
        confirm(world, intent.id)
    assert world.charged() == []
    assert was_open == []


def test_an_intent_of_another_system_is_closed_though_the_last_attempt_is_being_debited(world: World) -> None:
    """The invoice is settled by one success; what can be paid besides does not wait for the end of the debit."""
    invoice_id = bank_debit(world, settles_after=30 * DAY)
    with suppress(stripe.CardError):
        collect_under_name(world, invoice_id, payment_method="pm_card_visa_chargeDeclined")
    collect_under_name(world, invoice_id)
    world.run()

    minutes_pass(world)

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert sorted(one.status for one in intents(world)) == ["canceled", "processing", "succeeded"]


def test_a_retry_that_is_asked_for_while_a_former_page_was_confirmed_does_not_charge_again(
    world: World, bounced: tuple[str, str]
) -> None:
    invoice_id, intent_id = bounced
    confirm(world, intent_id)
    world.stripe.due_deliveries()
    becomes_default(world)
    world.run()
    retry(world, invoice_id)

    minutes_pass(world)
    world.pass_time(MINUTE)

    assert world.charged() == [4200]
