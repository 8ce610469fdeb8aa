"""A code of Stripe's that no table knows: refusals of customer after customer are the operator's."""

from typing import Any

import pytest
from builders.canned_answers import CannedAnswers
from builders.customers import DECLINED
from builders.durations import MINUTE
from builders.operators_faults import (
    NEXT_YEARS,
    NOTIFIED_OPERATOR,
    customers_with_invoices,
    minutes_go_by,
    refuse_charges,
    shown_pause,
    take_charges,
)
from builders.read import count_by_status, notified_of
from builders.stripe_events import lose_events
from builders.stripe_requests import CREATE_INTENT, break_stripe
from paystream import bootstrap
from world.aws_calls import Moment
from world.row_trace import traced_rows
from world.world import World


def collect_one_by_one(world: World) -> None:
    for image in world.new_images("invoices"):
        world.invoke("invoice-created", world.stream_event([image]))


@pytest.mark.parametrize("code", [NEXT_YEARS, None])
def test_the_third_customer_in_a_row_trips_the_breaker_and_nobody_fails_from_there(
    world: World, code: str | None
) -> None:
    customers_with_invoices(world, 6)
    refuse_charges(world, code)

    collect_one_by_one(world)

    assert count_by_status(world) == {"failed": 2, "pending": 4}
    assert world.stripe_calls() == 3
    assert notified_of(world, "error") == [NOTIFIED_OPERATOR]
    assert shown_pause(world)[1] == (code or "invalid_request_error")
    assert len(notified_of(world, "failure")) == 2


def test_what_waits_is_collected_once_it_is_put_right(world: World) -> None:
    customers_with_invoices(world, 5)
    refuse_charges(world, NEXT_YEARS)
    collect_one_by_one(world)
    minutes_go_by(world, 20)
    take_charges(world)

    minutes_go_by(world, 60)

    assert count_by_status(world) == {"failed": 2, "succeeded": 3}
    assert sorted(world.charged()) == [1003, 1004, 1005]
    assert notified_of(world, "error") == [NOTIFIED_OPERATOR]


def test_methods_that_were_detached_never_trip_it(world: World) -> None:
    """Of these only Stripe's words say so, and no code."""
    customers_with_invoices(world, 4)
    for customer in world.items("customers"):
        world.stripe_client.v1.payment_methods.detach(str(customer["payment_method_id"]))
    lose_events(world)

    collect_one_by_one(world)

    assert count_by_status(world) == {"failed": 4}
    assert notified_of(world, "error") == []


def test_a_refusal_that_stripe_keeps_under_its_key_fails_nobody_once_it_is_put_right(world: World) -> None:
    """The third one paused the account, and a crash kept its own refusal from being written."""
    *_, third, fourth = customers_with_invoices(world, 4)
    images = world.new_images("invoices")
    refuse_charges(world, NEXT_YEARS)
    for image in images[:2]:
        world.invoke("invoice-created", world.stream_event([image]))
    record = world.stream_event([images[2]])
    world.aws.crash("TransactWriteItems", Moment.AFTER)
    world.invoke("invoice-created", record)
    assert notified_of(world, "error") == [NOTIFIED_OPERATOR]
    take_charges(world)
    world.pass_time(16 * MINUTE)
    world.invoke("invoice-created", world.stream_event([images[3]]))

    world.invoke("invoice-created", record)
    minutes_go_by(world, 30)

    assert [world.invoice(one)["payment_status"] for one in (third, fourth)] == ["succeeded", "succeeded"]
    assert sorted(world.charged()) == [1003, 1004]
    assert len(notified_of(world, "failure")) == 2


def test_a_refusal_whose_answer_was_lost_is_asked_for_once_more_and_fails_then(world: World) -> None:
    (invoice_id,) = customers_with_invoices(world, 1)
    refuse_charges(world, NEXT_YEARS)
    break_stripe(world, CREATE_INTENT, "cut_after_commit", times=1)

    collect_one_by_one(world)
    minutes_go_by(world, 20)

    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert (world.stripe_calls(), len(notified_of(world, "failure"))) == (3, 1)


def test_a_batch_side_by_side_trips_it_too(world: World) -> None:
    customers_with_invoices(world, 20)
    refuse_charges(world, NEXT_YEARS)

    world.run()

    assert count_by_status(world)["pending"] >= 15
    assert notified_of(world, "error") == [NOTIFIED_OPERATOR]


def test_one_customer_alone_never_trips_it(world: World) -> None:
    customers_with_invoices(world, 1)
    for _ in range(3):
        world.create_invoice("customer-0")
    refuse_charges(world, NEXT_YEARS)

    collect_one_by_one(world)

    assert count_by_status(world) == {"failed": 4}
    assert notified_of(world, "error") == []


@pytest.mark.parametrize("card", ["pm_card_visa", DECLINED])
def test_an_intent_that_is_made_in_between_ends_the_suspicion(world: World, card: str) -> None:
    customers_with_invoices(world, 2)
    refuse_charges(world, NEXT_YEARS)
    collect_one_by_one(world)
    take_charges(world)
    world.customer("between", payment_method=card)
    world.create_invoice("between")
    collect_one_by_one(world)
    refuse_charges(world, NEXT_YEARS)
    world.customer("another")
    world.create_invoice("another")

    collect_one_by_one(world)

    assert notified_of(world, "error") == []
    assert "pending" not in count_by_status(world)


def test_declines_of_banks_never_trip_it_though_their_code_is_not_known(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decline(answer: dict[str, Any]) -> None:
        answer["error"]["decline_code"] = "a_decline_of_next_year"

    canned = CannedAnswers(world.stripe)
    canned.change(CREATE_INTENT, decline)
    monkeypatch.setattr(bootstrap, "stripe_http_client", lambda: canned)
    world.connect()
    for position in range(4):
        world.customer(f"customer-{position}", payment_method=DECLINED)
        world.create_invoice(f"customer-{position}")

    collect_one_by_one(world)

    assert count_by_status(world) == {"failed": 4}
    assert notified_of(world, "error") == []


def test_it_costs_a_charge_that_is_taken_nothing(world: World) -> None:
    customers_with_invoices(world, 1)

    with traced_rows(world.aws) as trace:
        world.collect_new_invoices()

    assert (trace.reads, trace.transactions, trace.writes) == (4, 1, 0)
