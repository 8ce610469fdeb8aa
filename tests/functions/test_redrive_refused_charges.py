"""redrive-records: what failed by a code of Stripe's that was the operator's fault is collected by one command."""

from io import StringIO
from typing import Any

import pytest
from builders.customers import DECLINED
from builders.due import look_a_minute_later
from builders.durations import DAY
from builders.operators_faults import NEXT_YEARS, customers_with_invoices, refuse_charges, take_charges
from builders.payments import pay_by_hand
from builders.read import count_by_status, notified_of
from paystream.errors import InvalidInputError
from world.redriving import Redriving
from world.world import World, load_event

NOTHING_FOUND = {"handled": 0, "left": [], "done": True, "next_cursor": None}


@pytest.fixture
def two_that_failed(operator: Redriving) -> list[str]:
    """By a code that nobody knew, before it was known as the account's; the account takes charges by now."""
    world = operator.world
    invoice_ids = customers_with_invoices(world, 2)
    refuse_charges(world, NEXT_YEARS)
    world.collect_new_invoices()
    assert count_by_status(world) == {"failed": 2}
    take_charges(world)
    world.pass_time(DAY)
    return invoice_ids


def redriven(operator: Redriving, **more: Any) -> dict[str, Any]:
    return operator.redrive("refused-charges", **({"code": NEXT_YEARS} | more))


def test_each_is_charged_once_however_often_it_is_asked_for(operator: Redriving, two_that_failed: list[str]) -> None:
    answers = [redriven(operator) for _ in range(2)]
    operator.world.collect_due()
    operator.world.run()
    again = redriven(operator)

    assert [answer["handled"] for answer in answers] == [2, 0]
    assert again == NOTHING_FOUND
    assert count_by_status(operator.world) == {"succeeded": 2}
    assert sorted(operator.world.charged()) == [1001, 1002]


def test_a_dry_run_names_them_and_changes_nothing(operator: Redriving, two_that_failed: list[str]) -> None:
    answer = redriven(operator, dry_run=True)

    assert (answer["handled"], len(answer["left"])) == (0, 2)
    assert {one["record"].partition("/")[2] for one in answer["left"]} == set(two_that_failed)
    assert count_by_status(operator.world) == {"failed": 2}


def test_what_was_paid_meanwhile_is_left_alone(operator: Redriving, two_that_failed: list[str]) -> None:
    pay_by_hand(operator.world, two_that_failed[0], 1001)

    assert redriven(operator)["handled"] == 1

    look_a_minute_later(operator.world)
    assert operator.world.charged() == [1002]


def test_neither_another_code_nor_a_decline_is_meant(operator: Redriving, two_that_failed: list[str]) -> None:
    world = operator.world
    world.customer("declined", payment_method=DECLINED)
    world.create_invoice("declined")
    world.run()

    assert redriven(operator, code="card_declined") == NOTHING_FOUND
    assert redriven(operator, code="testmode_charges_only") == NOTHING_FOUND


def test_when_there_is_no_time_it_goes_on_where_it_stopped(world: World, two_that_failed: list[str]) -> None:
    order = {"what": "refused-charges", "code": NEXT_YEARS}

    answer = world.invoke("redrive-records", order, remaining_milliseconds=1000)

    assert answer == {"handled": 0, "left": [], "done": False, "next_cursor": None}


@pytest.mark.parametrize("order", [{}, {"code": ""}, {"code": "A b"}, {"code": "x", "cursor": "odd"}])
def test_an_order_that_names_no_code_starts_nothing(operator: Redriving, order: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        operator.redrive("refused-charges", **order)


def test_what_an_operator_sends_is_taken(operator: Redriving) -> None:
    event = load_event("redrive-records-refused-charges")

    assert operator.world.invoke("redrive-records", event, remaining_milliseconds=420_000) == NOTHING_FOUND


def test_a_code_belongs_to_charges_only(operator: Redriving) -> None:
    with pytest.raises(InvalidInputError):
        operator.redrive("failed-records", code=NEXT_YEARS)


def test_who_cannot_pay_by_now_is_notified(operator: Redriving, two_that_failed: list[str], logs: StringIO) -> None:
    world = operator.world
    before = len(notified_of(world, "payment_failure"))
    for item in world.items("customers"):
        world.api("DELETE", f"/api/v1/customers/{item['external_id']}")

    assert redriven(operator)["left"] == []

    assert len(notified_of(world, "payment_failure")) == before + 2
    assert "sk_test" not in logs.getvalue()
