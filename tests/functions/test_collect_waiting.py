"""collect-waiting: what a customer's invoices waited for has come."""

import json
from collections.abc import Callable

import pytest
from aws_in_memory.dynamodb.database import Lag
from builders.accounts import disconnect_at_once
from builders.due import hand_over_waiting
from builders.durations import DAY
from builders.invoices import invoices_that_waited
from builders.payments import pay_by_hand, void
from builders.read import invoice_statuses
from world.api_gateway import Answer
from world.aws_calls import Moment
from world.world import World, load_event


def queued(world: World) -> list[dict[str, str]]:
    return [json.loads(body) for body in world.take(world.queue_url)]


def test_all_waiting_invoices_of_a_customer_are_collected_oldest_first(world: World) -> None:
    world.connect()
    invoice_ids = invoices_that_waited(world, 1001, 1002, 1003)

    assert hand_over_waiting(world) == 0

    assert invoice_statuses(world, invoice_ids) == ["succeeded"] * 3
    assert world.charged()[::-1] == [1001, 1002, 1003]


def test_invoices_that_do_not_wait_are_left_alone(world: World) -> None:
    world.connect()
    invoices_that_waited(world, 1001)
    new = world.create_invoice(amount=1002)

    hand_over_waiting(world)

    assert invoice_statuses(world, [new]) == ["pending"]
    assert world.charged() == [1001]


class _Behind(Lag):
    """No index shows anything new any more."""

    def index(self, pending: int) -> int:
        return pending


@pytest.mark.parametrize("ended", [lambda world, lago_id: pay_by_hand(world, lago_id, 1001), void])
def test_what_has_ended_though_the_index_still_says_that_it_waits_is_not_written(
    world: World, ended: Callable[[World, str], Answer]
) -> None:
    world.connect()
    (invoice_id,) = invoices_that_waited(world, 1001)
    world.aws_account.database.lag = _Behind()
    assert ended(world, invoice_id).status == 200
    before = world.items("invoices")

    assert hand_over_waiting(world) == 0

    assert world.items("invoices") == before
    assert world.charged() == []


def test_a_message_that_comes_again_collects_nothing_twice(world: World) -> None:
    world.connect()
    invoices_that_waited(world, 1001)

    assert [hand_over_waiting(world) for _ in range(3)] == [0, 0, 0]

    assert world.stripe_calls() == 1
    assert world.charged() == [1001]


def test_when_time_runs_out_the_customer_is_queued_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.connect()
    invoices_that_waited(world, 1001, 1002, 1003)
    queued(world)
    remaining = iter([300_000, 300_000, 300_000, 49_999])
    monkeypatch.setattr("world.world.LambdaContext.get_remaining_time_in_millis", lambda _: next(remaining))

    assert hand_over_waiting(world) == 0

    assert sorted(world.charged()) == [1001, 1002]
    (message,) = queued(world)
    assert message["external_customer_id"] == "acme"
    monkeypatch.undo()


def test_nothing_is_begun_when_too_little_time_is_left(world: World) -> None:
    world.connect()
    invoices_that_waited(world, 1001)

    assert hand_over_waiting(world, remaining_milliseconds=49_999) == 1

    assert world.stripe_calls() == 0


def test_a_declined_invoice_does_not_keep_the_next_one_waiting(world: World) -> None:
    world.connect()
    invoice_ids = invoices_that_waited(world, 10, 1002)

    assert hand_over_waiting(world) == 0

    assert invoice_statuses(world, invoice_ids) == ["failed", "succeeded"]


@pytest.mark.parametrize("fault", ["cut_before_commit", "cut_after_commit", "truncated_body"])
def test_an_unknown_outcome_is_asked_for_again_with_the_next_delivery(world: World, fault: str) -> None:
    world.connect()
    invoice_ids = invoices_that_waited(world, 1001, 1002)
    world.stripe.control.add_fault(fault, method="POST", path="/v1/payment_intents", times=2)

    deliveries = [hand_over_waiting(world) for _ in range(3)]

    assert deliveries[0] == 1
    assert deliveries[-1] == 0
    assert invoice_statuses(world, invoice_ids) == ["succeeded", "succeeded"]
    assert sorted(world.charged()) == [1001, 1002]


@pytest.mark.parametrize("moment", Moment)
def test_a_crash_around_the_write_that_follows_the_charge_never_charges_twice(world: World, moment: Moment) -> None:
    world.connect()
    invoice_ids = invoices_that_waited(world, 1001, 1002)
    world.aws.crash("TransactWriteItems", moment)

    assert [hand_over_waiting(world), hand_over_waiting(world)] == [1, 0]

    assert invoice_statuses(world, invoice_ids) == ["succeeded", "succeeded"]
    assert sorted(world.charged()) == [1001, 1002]


def test_an_invoice_that_waited_for_days_is_collected(world: World) -> None:
    world.connect()
    provider_customer_id = world.customer(payment_method=None)
    invoice_id = world.create_invoice()
    world.collect_new_invoices()
    world.pass_time(40 * DAY)
    world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": provider_customer_id})

    world.run()

    assert invoice_statuses(world, [invoice_id]) == ["succeeded"]
    assert world.charged() == [4200]


def test_a_refused_key_leaves_the_invoices_waiting(world: World) -> None:
    world.connect()
    invoice_ids = invoices_that_waited(world, 1001, 1002)
    world.stripe.control.expire_key("sk_test_world000000000000000")

    assert hand_over_waiting(world) == 0

    assert invoice_statuses(world, invoice_ids) == ["pending", "pending"]
    assert "payment_provider.error" in world.notified()
    assert world.stripe_calls() == 1
    world.connect(secret_key=world.stripe.control.add_key(world.account.id))
    assert hand_over_waiting(world) == 0
    assert invoice_statuses(world, invoice_ids) == ["succeeded", "succeeded"]


def test_an_item_that_was_overwritten_while_it_waited_is_left_to_the_stream(world: World) -> None:
    world.connect()
    provider_customer_id = world.customer(payment_method=None)
    world.put_invoice_item()
    world.collect_new_invoices()
    waiting_key = world.items("invoices")[0]["waiting_key"]
    world.put_invoice_item(waiting_key=waiting_key, created_at="2026-11-23T10:00:00Z")
    world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": provider_customer_id})
    world.deliver_stripe_events()

    assert hand_over_waiting(world) == 0

    assert world.stripe_calls() == 0


def test_of_a_batch_an_unknown_customer_is_reported_and_the_others_are_collected(world: World) -> None:
    world.connect()
    invoice_ids = [
        *invoices_that_waited(world, 1001, external_id="acme"),
        *invoices_that_waited(world, 1002, external_id="beta"),
    ]
    event = load_event("collect-waiting-batch")

    answer = world.invoke("collect-waiting", event)

    assert answer == {"batchItemFailures": [{"itemIdentifier": event["Records"][1]["messageId"]}]}
    assert invoice_statuses(world, invoice_ids) == ["succeeded", "succeeded"]


@pytest.mark.parametrize("body", ["", "no JSON", "[]", '{"organization_id": "0a1b"}'])
def test_of_a_batch_a_message_that_cannot_be_read_is_reported_and_the_others_are_collected(
    world: World, body: str
) -> None:
    world.connect()
    invoice_ids = invoices_that_waited(world, 1001)
    event = load_event("collect-waiting")
    event["Records"].insert(0, {"messageId": "unreadable", "body": body})

    answer = world.invoke("collect-waiting", event)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "unreadable"}]}
    assert invoice_statuses(world, invoice_ids) == ["succeeded"]


def test_a_customer_who_is_named_by_two_messages_at_once_is_collected_once(world: World) -> None:
    world.connect()
    invoices_that_waited(world, 1001)
    world.aws.meanwhile("TransactWriteItems", lambda: world.invoke("collect-waiting", load_event("collect-waiting")))

    assert hand_over_waiting(world) == 0

    assert world.stripe_calls() == 1


def test_a_message_that_reads_an_invoice_just_before_another_one_takes_it_leaves_it_alone(world: World) -> None:
    world.connect()
    invoices_that_waited(world, 1001)
    other = load_event("collect-waiting")
    world.aws.meanwhile("UpdateItem", lambda: world.invoke("collect-waiting", other), TableName="InvoicesTable")

    assert hand_over_waiting(world) == 0

    assert world.stripe_calls() == 1
    assert world.charged() == [1001]


def test_an_invoice_whose_collector_crashed_is_looked_at_again_once_its_claim_has_ended(world: World) -> None:
    world.connect()
    invoice_ids = invoices_that_waited(world, 1001)
    queued(world)
    world.aws.crash("UpdateItem", Moment.AFTER, TableName="InvoicesTable")
    assert hand_over_waiting(world) == 1

    assert len(world.invoke("collect-waiting", load_event("collect-waiting"))["batchItemFailures"]) == 0

    assert invoice_statuses(world, invoice_ids) == ["pending"]
    assert queued(world) == []
    world.pass_time(5 * 60)
    world.run()
    assert invoice_statuses(world, invoice_ids) == ["succeeded"]
    assert world.charged() == [1001]


def test_what_waits_for_an_account_keeps_no_other_message_waiting(world: World) -> None:
    world.connect()
    invoices_that_waited(world, 1001, 1002)
    queued(world)
    disconnect_at_once(world)

    for _ in range(3):
        assert world.invoke("collect-waiting", load_event("collect-waiting"))["batchItemFailures"] == []

    world.pass_time(15 * 60)
    assert queued(world) == []


def test_a_message_that_fails_does_not_become_two(world: World) -> None:
    """One invoice is claimed by a crashed function, of the other Stripe's answer is lost: the message comes again."""
    world.connect()
    invoices_that_waited(world, 1001, 1002)
    queued(world)
    world.aws.crash("UpdateItem", Moment.AFTER, TableName="InvoicesTable")
    assert hand_over_waiting(world) == 1
    world.stripe.control.add_fault("cut_before_commit", method="POST", path="/v1/payment_intents", times=9)

    assert len(world.invoke("collect-waiting", load_event("collect-waiting"))["batchItemFailures"]) == 1

    world.pass_time(15 * 60)
    assert queued(world) == []


def test_more_invoices_than_a_page_of_the_index_are_all_found(world: World) -> None:
    world.connect()
    invoices_that_waited(world, 1001)
    (image,) = world.dynamodb.scan(TableName="InvoicesTable")["Items"]
    for number in range(105):
        changed = {"lago_id": f"more-{number}", "payment_status": "succeeded", "stage": "paid"}
        paid = {name: image[name] for name in image.keys() - {"due_at", "due_shard", "waiting_for"}}
        ours = {name: {"S": text} for name, text in changed.items()}
        world.dynamodb.put_item(TableName="InvoicesTable", Item=paid | ours)

    answer = world.invoke("collect-waiting", load_event("collect-waiting"))

    assert answer == {"batchItemFailures": []}
    assert world.charged() == [1001]
