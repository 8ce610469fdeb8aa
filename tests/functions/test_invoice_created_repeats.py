"""invoice-created: crashes, repeats and races. Whatever happens, at most one payment of an invoice succeeds."""

from typing import Any

import pytest
from builders.accounts import connect_with_customer
from builders.customers import becomes_default
from builders.durations import HOUR
from builders.invoices import hand_over
from builders.read import NOTIFIED_OF_SUCCESS
from builders.stripe_requests import CREATE_INTENT, LIST_INTENTS
from world.aws_calls import Moment, lose_a_race
from world.world import TABLES, World


def new_invoice_and_record(world: World, **invoice: Any) -> tuple[str, dict[str, Any]]:
    """An invoice whose customer has a method and an account, and the record of it in the stream."""
    connect_with_customer(world)
    invoice_id = world.create_invoice(**invoice)
    return invoice_id, world.stream_event(world.new_images("invoices"))


def give_another_card(world: World) -> None:
    """The customer's default is another card from now on, here too."""
    becomes_default(world, "pm_card_mastercard")
    world.deliver_stripe_events()


def settled_once(world: World, invoice_id: str) -> bool:
    return (
        world.invoice(invoice_id)["payment_status"] == "succeeded"
        and world.charged() == [4200]
        and world.notified() == NOTIFIED_OF_SUCCESS
    )


@pytest.mark.parametrize("hours", [0, 1, 23, 25, 24 * 40])
def test_a_record_that_is_delivered_again_changes_nothing(world: World, hours: int) -> None:
    invoice_id, event = new_invoice_and_record(world)
    hand_over(world, event)
    before = {table: world.items(table) for table in TABLES}
    world.pass_time(hours * HOUR)

    assert hand_over(world, event) == 0

    assert {table: world.items(table) for table in TABLES} == before
    assert world.stripe_calls() == 1
    assert settled_once(world, invoice_id)


@pytest.mark.parametrize("hours", [0, 1, 23, 23.5, 25, 24 * 40])
@pytest.mark.parametrize("moment", Moment)
def test_a_crash_around_the_write_that_follows_the_charge_never_charges_twice(
    world: World, moment: Moment, hours: float
) -> None:
    invoice_id, event = new_invoice_and_record(world)
    world.aws.crash("TransactWriteItems", moment)
    assert hand_over(world, event) == 1
    world.pass_time(hours * HOUR)

    assert hand_over(world, event) == 0

    assert settled_once(world, invoice_id)


def test_a_charge_with_lines_is_sent_again_with_the_same_parameters(world: World) -> None:
    fees = [{"add_on_code": f"part {n}", "units": "1.5", "unit_amount_cents": 1400} for n in (1, 2)]
    _, event = new_invoice_and_record(world, number="2026/Räch-7", fees=fees)
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    assert hand_over(world, event) == 1

    assert hand_over(world, event) == 0

    sent = [call for call in world.stripe.control.calls() if call.endpoint == CREATE_INTENT]
    assert [(call.status, call.replayed) for call in sent] == [(200, False), (200, True)]


@pytest.mark.parametrize("hours", [0, 23.5, 25])
def test_a_crash_before_stripe_was_called_loses_nothing(world: World, hours: float) -> None:
    invoice_id, event = new_invoice_and_record(world)
    world.aws.crash("GetItem", Moment.AFTER, TableName="PaymentsTable")
    assert hand_over(world, event) == 1
    world.pass_time(hours * HOUR)

    assert hand_over(world, event) == 0

    assert settled_once(world, invoice_id)


def test_from_23_hours_on_the_payment_is_looked_up_before_anything_is_sent(world: World) -> None:
    _, event = new_invoice_and_record(world)
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    hand_over(world, event)
    world.pass_time(23 * HOUR + 1)

    hand_over(world, event)

    assert world.stripe_calls(CREATE_INTENT) == 1
    assert world.stripe_calls(LIST_INTENTS) == 1


def test_another_default_card_does_not_make_it_another_payment(world: World) -> None:
    invoice_id, event = new_invoice_and_record(world)
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    hand_over(world, event)
    world.stripe.due_deliveries()  # The event of the charge is lost: it would bring the outcome without a look-up.
    give_another_card(world)

    assert hand_over(world, event) == 0

    assert world.stripe_calls(LIST_INTENTS) == 1
    assert settled_once(world, invoice_id)


def test_an_attempt_on_record_keeps_its_card_when_the_default_changes(world: World) -> None:
    invoice_id, event = new_invoice_and_record(world)
    (customer,) = world.items("customers")
    world.stripe.control.add_fault("cut_before_commit", path="/v1/payment_intents", times=2)
    hand_over(world, event)
    give_another_card(world)

    assert hand_over(world, event) == 0

    (intent,) = world.stripe_client.v1.payment_intents.list().data
    assert intent.payment_method == customer["payment_method_id"]
    assert settled_once(world, invoice_id)


def test_a_key_known_with_other_parameters_that_made_no_payment_stays_unknown_until_stripe_forgets_it(
    world: World,
) -> None:
    invoice_id, event = new_invoice_and_record(world)
    world.stripe.control.add_fault("500_before_commit", path="/v1/payment_intents")
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    hand_over(world, event)
    give_another_card(world)
    assert [hand_over(world, event) for _ in range(2)] == [1, 1]
    assert world.invoice(invoice_id)["payment_status"] == "pending"
    world.pass_time(24 * HOUR)

    assert hand_over(world, event) == 0

    assert settled_once(world, invoice_id)


def test_an_attempt_on_record_is_ended_though_its_method_is_gone(world: World) -> None:
    invoice_id, event = new_invoice_and_record(world)
    (customer,) = world.items("customers")
    world.stripe.control.add_fault("cut_after_commit", path="/v1/payment_intents", times=2)
    world.stripe.control.disrupt_webhooks("drop", count=None, types=["payment_intent.succeeded"])
    hand_over(world, event)
    world.stripe_client.v1.payment_methods.detach(str(customer["payment_method_id"]))
    world.deliver_stripe_events()
    assert "payment_method_id" not in world.items("customers")[0]

    assert hand_over(world, event) == 0

    assert settled_once(world, invoice_id)


def test_stripes_event_may_be_faster_than_our_own_write(world: World) -> None:
    invoice_id, event = new_invoice_and_record(world)
    world.aws.meanwhile("TransactWriteItems", world.deliver_stripe_events)

    assert hand_over(world, event) == 0

    assert settled_once(world, invoice_id)


def test_stripes_event_may_be_faster_than_the_note_that_the_outcome_is_unknown(world: World) -> None:
    invoice_id, event = new_invoice_and_record(world)
    world.stripe.control.add_fault("cut_after_commit", path="/v1/payment_intents", times=2)
    world.aws.meanwhile("TransactWriteItems", world.deliver_stripe_events)

    assert hand_over(world, event) == 1

    assert settled_once(world, invoice_id)
    assert hand_over(world, event) == 0


def test_two_workers_on_one_record_make_one_payment(world: World) -> None:
    invoice_id, event = new_invoice_and_record(world)
    world.aws.meanwhile("TransactWriteItems", lambda: hand_over(world, event))

    assert hand_over(world, event) == 0

    assert settled_once(world, invoice_id)


def test_a_record_whose_invoice_keeps_changing_is_delivered_again(world: World) -> None:
    invoice_id, event = new_invoice_and_record(world)

    def touch() -> None:
        world.dynamodb.update_item(
            TableName="InvoicesTable",
            Key={name: event["Records"][0]["dynamodb"]["Keys"][name] for name in ("organization_id", "lago_id")},
            UpdateExpression="ADD #version :one",
            ExpressionAttributeNames={"#version": "version"},
            ExpressionAttributeValues={":one": {"N": "1"}},
        )

    for _ in range(5):
        world.aws.meanwhile("TransactWriteItems", touch)

    assert hand_over(world, event) == 1
    assert hand_over(world, event) == 0
    assert settled_once(world, invoice_id)


def test_a_transaction_that_meets_another_one_is_tried_again_at_once(world: World) -> None:
    invoice_id, event = new_invoice_and_record(world)
    world.aws.meanwhile("TransactWriteItems", lose_a_race)

    assert hand_over(world, event) == 0

    assert settled_once(world, invoice_id)


def test_an_invoice_that_was_deleted_before_it_was_looked_at_is_not_charged(world: World) -> None:
    _, event = new_invoice_and_record(world)
    world.dynamodb.delete_item(TableName="InvoicesTable", Key=event["Records"][0]["dynamodb"]["Keys"])

    assert hand_over(world, event) == 1

    assert world.stripe_calls() == 0


def test_an_invoice_that_was_deleted_while_it_was_charged_is_reported(world: World) -> None:
    _, event = new_invoice_and_record(world)
    keys = event["Records"][0]["dynamodb"]["Keys"]
    world.aws.meanwhile("TransactWriteItems", lambda: world.dynamodb.delete_item(TableName="InvoicesTable", Key=keys))

    assert hand_over(world, event) == 1

    assert world.items("invoices") == []


@pytest.mark.parametrize("moment", Moment)
def test_a_crash_around_the_notice_of_a_refused_key_notifies_once(world: World, moment: Moment) -> None:
    _, event = new_invoice_and_record(world)
    world.stripe.control.expire_key("sk_test_world000000000000000")
    world.aws.crash("TransactWriteItems", moment)

    assert [hand_over(world, event) for _ in range(3)] == [1, 0, 0]

    assert world.notified() == ["payment_provider.error"]


def delete_and_put_again(world: World, event: dict[str, Any], *, number: str) -> dict[str, Any]:
    """The application deletes its item and puts it once more, with another number: nothing of ours is left in it."""
    keys = event["Records"][0]["dynamodb"]["Keys"]
    world.dynamodb.delete_item(TableName="InvoicesTable", Key=keys)
    world.put_invoice_item(number=number)
    return world.stream_event([world.dynamodb.get_item(TableName="InvoicesTable", Key=keys)["Item"]])


def test_an_item_that_is_replaced_gets_its_state_back_and_is_not_charged_again(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.put_invoice_item(number="2026-0042")
    event = world.stream_event(world.new_images("invoices"))
    hand_over(world, event)
    world.pass_time(25 * HOUR)

    assert hand_over(world, delete_and_put_again(world, event, number="2026-0043")) == 0

    assert settled_once(world, invoice_id)
    assert world.stripe_calls() == 1


@pytest.mark.parametrize("outcome", ["insufficient_funds", None])
@pytest.mark.parametrize("hours", [1, 25])
def test_an_item_that_is_replaced_after_a_crash_is_not_charged_again(
    world: World, hours: int, outcome: str | None
) -> None:
    world.connect()
    world.customer()
    (customer,) = world.items("customers")
    world.stripe.control.set_outcome(str(customer["payment_method_id"]), outcome)
    invoice_id = world.put_invoice_item(number="2026-0042")
    event = world.stream_event(world.new_images("invoices"))
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    hand_over(world, event)
    world.pass_time(hours * HOUR)

    assert hand_over(world, delete_and_put_again(world, event, number="2026-0043")) == 0

    assert world.invoice(invoice_id)["payment_status"] == ("failed" if outcome else "succeeded")
    assert len(world.stripe_client.v1.payment_intents.list().data) == 1


def test_an_item_that_is_replaced_after_an_unknown_outcome_is_not_charged_again(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.put_invoice_item()
    event = world.stream_event(world.new_images("invoices"))
    world.stripe.control.add_fault("cut_after_commit", path="/v1/payment_intents", times=2)
    hand_over(world, event)
    world.pass_time(25 * HOUR)

    assert hand_over(world, delete_and_put_again(world, event, number="2026-0043")) == 0

    assert settled_once(world, invoice_id)


def test_an_invoice_of_the_api_that_an_application_overwrites_after_an_unknown_outcome_is_not_charged_again(
    world: World,
) -> None:
    invoice_id, event = new_invoice_and_record(world)
    world.stripe.control.add_fault("cut_after_commit", path="/v1/payment_intents", times=2)
    hand_over(world, event)
    world.pass_time(25 * HOUR)
    world.put_invoice_item(lago_id=invoice_id, number="2026-0042")
    key = event["Records"][0]["dynamodb"]["Keys"]

    overwritten = world.dynamodb.get_item(TableName="InvoicesTable", Key=key)["Item"]
    assert hand_over(world, world.stream_event([dict(overwritten)])) == 0

    assert settled_once(world, invoice_id)
