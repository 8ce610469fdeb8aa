"""A failed intent that is confirmed with a bank debit is on its way for days: nothing else is charged meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from builders.customers import DECLINED, becomes_default, customer_who_pays_with
from builders.debits import IBAN_THAT_FAILS, IBAN_THAT_SUCCEEDS, create_sepa_debit
from builders.due import look_a_minute_later
from builders.durations import DAY
from builders.invoices import collected
from builders.links import ask_for_link
from builders.payments import BEING_COLLECTED, retry, void
from builders.read import intents, invoice_and_stripe_status, still_payable
from builders.stripe_requests import CREATE_SESSION
from world.world import World


def debited_after_failure(world: World, *, iban: str = IBAN_THAT_SUCCEEDS, knows: bool, **settings: Any) -> str:
    """An invoice whose charge was declined, and whose intent a person confirmed with a debit that takes five days."""
    world.connect(**settings)
    customer = customer_who_pays_with(world, "card", "sepa_debit", payment_method=DECLINED)
    invoice_id = collected(world)
    world.stripe.control.set_settlement_delay(5 * DAY)
    debit = world.stripe_client.v1.payment_methods.attach(create_sepa_debit(world, iban), {"customer": customer})
    world.stripe_client.v1.payment_intents.confirm(intents(world)[0].id, {"payment_method": debit.id})
    if knows:
        world.run()
    else:
        world.stripe.due_deliveries()
    assert [one.status for one in intents(world)] == ["processing"]
    return invoice_id


def retried(world: World, invoice_id: str) -> None:
    assert retry(world, invoice_id)[0] in (200, 405)


def page_asked_for(world: World, invoice_id: str) -> None:
    answer = ask_for_link(world, invoice_id)
    assert (answer.status, answer.body["code"]) == (405, BEING_COLLECTED)


def another_card_saved(world: World, _: str) -> None:
    becomes_default(world)
    world.run()


def nothing(_: World, __: str) -> None:
    """The schedule's own retry comes a day later."""


@pytest.mark.parametrize("wish", [retried, page_asked_for, another_card_saved, nothing], ids=lambda one: one.__name__)
@pytest.mark.parametrize("knows", [True, False], ids=["its event arrives", "its event is lost"])
def test_whatever_is_asked_for_meanwhile_only_the_debit_is_paid(
    world: World, wish: Callable[[World, str], None], knows: bool
) -> None:
    invoice_id = debited_after_failure(world, knows=knows, retry_schedule_days=[1, 1, 1])

    wish(world, invoice_id)
    for _ in range(8):
        look_a_minute_later(world, times=2)
        world.pass_time(DAY)
        world.stripe.due_deliveries()
    look_a_minute_later(world)

    assert world.charged() == [4200]
    assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
    assert still_payable(world) == []
    assert world.stripe_calls(CREATE_SESSION) == 0


def test_one_that_bounces_is_followed_by_the_card_that_was_saved_meanwhile_once(world: World) -> None:
    invoice_id = debited_after_failure(world, iban=IBAN_THAT_FAILS, knows=True)

    another_card_saved(world, invoice_id)
    for _ in range(8):
        look_a_minute_later(world, times=2)
        world.pass_time(DAY)

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
    assert world.charged() == [4200]
    assert still_payable(world) == []


def test_what_comes_of_one_after_a_void_is_on_record_and_notified(world: World) -> None:
    invoice_id = debited_after_failure(world, knows=True)

    assert void(world, invoice_id).status == 200
    for _ in range(8):
        look_a_minute_later(world)
        world.pass_time(DAY)

    assert world.invoice(invoice_id)["total_paid_amount_cents"] == sum(world.charged()) == 4200
    assert world.notified().count("payment.succeeded") == 1


def test_what_comes_of_one_after_a_void_is_found_where_its_events_are_lost(world: World) -> None:
    invoice_id = debited_after_failure(world, knows=False)

    assert void(world, invoice_id).status == 200
    for _ in range(8):
        world.stripe.due_deliveries()
        world.look_again()
        world.pass_time(DAY)

    assert world.charged() == [4200]
    assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
