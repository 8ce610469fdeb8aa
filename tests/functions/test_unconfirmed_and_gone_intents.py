"""An intent that was made and never confirmed, or that Stripe has no more, holds nothing back: it is closed."""

from collections.abc import Callable
from typing import Any

import pytest
from builders.accounts import connect_with_customer
from builders.customers import becomes_default, customer_who_pays_with, provider_customer_id
from builders.debits import bank_debit
from builders.due import look_a_minute_later
from builders.durations import DAY, MINUTE
from builders.invoices import collected, failed_invoice, hand_over
from builders.links import ask_for_link, pay_on_page
from builders.payments import collect_under_name, pay_by_hand, retry, void
from builders.read import intents, invoice_and_stripe_status, payment_statuses
from builders.stripe_requests import CREATE_INTENT, break_stripe
from world.world import World

UNCONFIRMED: dict[str, Any] = {"confirm": False, "off_session": False}
AUTHORISED: dict[str, Any] = {"capture_method": "manual"}
REQUESTS: dict[str, Callable[[World, str], Any]] = {"void": void, "by hand": pay_by_hand, "a page": ask_for_link}


def found_in(world: World, how: dict[str, Any]) -> str:
    """An invoice whose request has ended in a 500, which Stripe repeats under its key; a look-up has found the intent
    in the state that it is in if it is created so.
    """
    connect_with_customer(world)
    invoice_id = world.create_invoice()
    record = world.stream_event(world.new_images("invoices"))
    break_stripe(world, CREATE_INTENT, "500_before_commit", times=1)
    assert hand_over(world, record) == 1
    settings = world.stripe_client.v1.customers.retrieve(provider_customer_id(world)).invoice_settings
    assert settings
    collect_under_name(world, invoice_id, payment_method=settings.default_payment_method, **how)
    for _ in range(3):
        world.pass_time(MINUTE)
        hand_over(world, record)
    assert payment_statuses(world, invoice_id) == ["processing"]
    return invoice_id


def is_open_at_stripe(world: World) -> bool:
    """Whether something can still come of an intent."""
    return any(one.status not in ("canceled", "succeeded") for one in intents(world))


@pytest.mark.parametrize("how", [UNCONFIRMED, AUTHORISED], ids=["unconfirmed", "authorised"])
@pytest.mark.parametrize("request_", REQUESTS)
def test_an_intent_that_waits_for_nobody_who_comes_can_be_settled_otherwise(
    world: World, request_: str, how: dict[str, Any]
) -> None:
    invoice_id = found_in(world, how)

    assert REQUESTS[request_](world, invoice_id).status == 200
    if request_ == "a page":
        pay_on_page(world)
        world.run()
    look_a_minute_later(world)

    assert not is_open_at_stripe(world)
    assert sum(world.charged()) == (4200 if request_ == "a page" else 0)
    assert world.invoice(invoice_id)["total_paid_amount_cents"] == (0 if request_ == "void" else 4200)


@pytest.mark.parametrize("how", [UNCONFIRMED, AUTHORISED], ids=["unconfirmed", "authorised"])
def test_a_retry_closes_it_and_charges_once(world: World, how: dict[str, Any]) -> None:
    invoice_id = found_in(world, how)

    assert retry(world, invoice_id) == (200, None)
    look_a_minute_later(world, times=3)

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert sorted(one.status for one in intents(world)) == ["canceled", "succeeded"]
    assert world.charged() == [4200]


def test_where_nobody_asks_for_anything_the_one_that_was_never_confirmed_is_closed_and_that_is_notified(
    world: World,
) -> None:
    invoice_id = found_in(world, UNCONFIRMED)

    world.pass_time(15 * MINUTE)
    look_a_minute_later(world)

    assert invoice_and_stripe_status(world, invoice_id) == ("failed", "canceled")
    assert not is_open_at_stripe(world)
    assert world.notified().count("invoice.payment_failure") == 1
    assert world.charged() == []


def test_one_that_is_confirmed_after_all_is_followed_and_not_charged_again(world: World) -> None:
    invoice_id = found_in(world, UNCONFIRMED)
    world.stripe_client.v1.payment_intents.confirm(intents(world)[0].id, {"return_url": "https://acme.test"})
    world.stripe.due_deliveries()

    assert retry(world, invoice_id) == (200, None)
    look_a_minute_later(world, times=3)

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
    assert world.charged() == [4200]


class TestAnIntentThatIsGone:
    """The account has deleted its test data."""

    @pytest.fixture
    def voucher(self, world: World) -> str:
        """An invoice whose intent waited for the customer."""
        world.connect()
        customer_who_pays_with(world, "card", "boleto", payment_method="pm_boleto_success")
        world.stripe.control.set_settlement_delay(30 * DAY)
        invoice_id = collected(world, currency="BRL")
        world.stripe.control.delete_intent(intents(world)[0].id)
        return invoice_id

    def test_has_failed_which_is_notified_when_it_is_looked_at(self, world: World, voucher: str) -> None:
        world.pass_time(DAY)
        look_a_minute_later(world)

        assert invoice_and_stripe_status(world, voucher) == ("failed", "canceled")
        notified = world.notification("invoice.payment_failure")["payment_provider_invoice_payment_error"]
        assert notified["provider_error"]["error_code"] == "resource_missing"

    @pytest.mark.parametrize("request_", REQUESTS)
    def test_keeps_nobody_from_settling_the_invoice_otherwise(self, world: World, voucher: str, request_: str) -> None:
        assert REQUESTS[request_](world, voucher).status == 200
        look_a_minute_later(world)
        world.pass_time(DAY)
        look_a_minute_later(world)

        assert payment_statuses(world, voucher)[-1] == "failed"
        assert world.charged() == []

    def test_is_superseded_by_a_retry(self, world: World, voucher: str) -> None:
        assert retry(world, voucher) == (200, None)
        look_a_minute_later(world, times=3)

        assert [one["attempt"] for one in world.payments(voucher)] == [2, 1]
        assert payment_statuses(world, voucher)[1] == "failed"

    def test_of_a_debit_has_failed_too(self, world: World) -> None:
        invoice_id = bank_debit(world)
        world.stripe.due_deliveries()
        world.stripe.control.delete_intent(intents(world)[0].id)

        world.pass_time(15 * DAY)
        look_a_minute_later(world)

        assert invoice_and_stripe_status(world, invoice_id) == ("failed", "canceled")

    def test_that_had_failed_is_asked_for_once_and_superseded_by_another_card(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        world.stripe.control.delete_intent(intents(world)[0].id)

        becomes_default(world)
        world.run()
        look_a_minute_later(world)

        assert payment_statuses(world, invoice_id) == ["succeeded", "failed"]
        assert world.charged() == [4200]
