"""A card whose data on file were out of date is renewed at Stripe: what had failed with it is collected."""

from typing import Any

import pytest
from builders.accounts import connect_with_customer
from builders.customers import default_at_stripe, provider_customer_id
from builders.due import days_go_by
from builders.durations import DAY
from builders.invoices import collected
from builders.read import invoice_statuses, payment_statuses
from builders.stripe_events import events_due, lose_events
from paystream.model.payment_method_types import MOST_TRIES
from world.world import World


def declined_as(world: World, reason: str) -> tuple[str, str]:
    """An invoice that was declined for this reason, and the `pm_…` of the card."""
    connect_with_customer(world)
    card = str(default_at_stripe(world, provider_customer_id(world)))
    world.stripe.control.set_outcome(card, reason)
    invoice_id = collected(world)
    assert invoice_statuses(world, [invoice_id]) == ["failed"]
    world.pass_time(DAY)
    return invoice_id, card


def is_changed_by_an_application(world: World, card: str) -> None:
    """Its expiry is corrected, by which it can be charged again."""
    world.stripe_client.v1.payment_methods.update(card, {"card": {"exp_year": 2031}})
    world.stripe.control.set_outcome(card, None)


def is_updated_by_its_bank(world: World, card: str) -> None:
    """The card networks' updater has its new expiry."""
    world.stripe.control.update_card(card, exp_year=2031)


@pytest.mark.parametrize("is_renewed", [is_changed_by_an_application, is_updated_by_its_bank])
def test_an_expired_card_that_is_renewed_collects_what_had_failed(world: World, is_renewed: Any) -> None:
    invoice_id, card = declined_as(world, "expired_card")

    is_renewed(world, card)
    world.run()

    assert invoice_statuses(world, [invoice_id]) == ["succeeded"]
    assert world.charged() == [4200]


def test_what_an_update_does_not_cure_is_not_charged_again(world: World) -> None:
    invoice_id, card = declined_as(world, "stolen_card")

    is_updated_by_its_bank(world, card)
    world.run()

    assert (invoice_statuses(world, [invoice_id]), world.stripe_calls()) == (["failed"], 1)


def test_a_change_of_something_else_charges_nothing(world: World) -> None:
    _, card = declined_as(world, "expired_card")

    world.stripe_client.v1.payment_methods.update(card, {"metadata": {"color": "blue"}})
    world.run()

    assert world.stripe_calls() == 1


def test_a_card_that_is_not_charged_collects_nothing(world: World) -> None:
    _, card = declined_as(world, "expired_card")
    other = world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": provider_customer_id(world)})
    world.run()

    is_updated_by_its_bank(world, other.id)
    world.run()

    assert (world.stripe_calls(), card != other.id) == (1, True)


def test_each_renewal_is_tried_once_however_often_its_event_comes(world: World) -> None:
    invoice_id, card = declined_as(world, "expired_card")
    is_updated_by_its_bank(world, card)
    world.stripe.control.set_outcome(card, "expired_card")
    (renewed,) = events_due(world, "payment_method.automatically_updated")
    world.pass_time(1)

    for _ in range(3):
        assert world.deliver(renewed) == 200
        world.run()
        world.pass_time(60)

    assert payment_statuses(world, invoice_id) == ["failed", "failed"]


def test_a_renewal_whose_event_was_lost_is_read_from_stripes_list(world: World) -> None:
    invoice_id, card = declined_as(world, "expired_card")
    is_updated_by_its_bank(world, card)
    lose_events(world)

    days_go_by(world, 1)
    world.check_accounts()
    world.run()

    assert invoice_statuses(world, [invoice_id]) == ["succeeded"]


def test_a_card_that_was_charged_as_often_as_the_networks_allow_is_left_alone(world: World) -> None:
    _, card = declined_as(world, "expired_card")
    (item,) = world.items("invoices")
    world.put_item("invoices", item | {"declined_payment_method_ids": [card] * MOST_TRIES})

    is_updated_by_its_bank(world, card)
    world.run()

    assert world.stripe_calls() == 1
