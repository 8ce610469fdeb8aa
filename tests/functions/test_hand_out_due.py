"""hand-out-due: what is due is handed out once, oldest first, and comes up again if nothing comes of it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from builders.customers import UNAUTHENTICATED
from builders.durations import DAY
from paystream import bootstrap
from paystream.adapters.dynamodb.due_invoices import due_shard
from paystream.model.schedule import DueInvoice
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment, SimulatedCrashError
from world.world import START, World, load_event

LEASE = 20 * 60
SHARDS = [f"{shard:02}" for shard in range(32)]


def due_invoices(world: World, number: int, **attributes: str) -> list[str]:
    """So many open invoices, each due a second after the one before it; the last one is due now."""
    world.create_invoice()
    (image,) = world.dynamodb.scan(TableName="InvoicesTable")["Items"]
    world.dynamodb.delete_item(
        TableName="InvoicesTable", Key={name: image[name] for name in ("organization_id", "lago_id")}
    )
    world.pass_time(number)
    ids = [f"invoice-{position:03}" for position in range(number)]
    for position, lago_id in enumerate(ids):
        due_at = world.now() - timedelta(seconds=number - 1 - position)
        changed = {
            "lago_id": lago_id,
            "due_shard": due_shard(lago_id),
            "due_at": due_at.isoformat(timespec="milliseconds"),
        } | attributes
        item = {**image, **{name: {"S": value} for name, value in changed.items()}}
        world.dynamodb.put_item(TableName="InvoicesTable", Item=item)
    return ids


@pytest.fixture
def acme(world: World) -> World:
    """A world with a customer."""
    world.connect()
    world.customer(payment_method=None)
    return world


def messages(world: World) -> list[dict[str, Any]]:
    """What is in the queue, in the order in which it was sent; it is empty then."""
    received = world.aws_account.receive(world.due_queue_url)
    for message in received:
        message.deleted = True
    return [json.loads(message.body) | {"group": message.group} for message in received]


def ids_handed_out(world: World) -> list[str]:
    return [lago_id for message in messages(world) for lago_id in message["lago_ids"]]


def test_an_invoice_is_handed_out_when_it_is_due_and_not_before(acme: World) -> None:
    invoice_id = acme.create_invoice()
    acme.pass_time(15 * 60 - 1)
    assert acme.hand_out_due()["handed_out"] == 0
    acme.pass_time(1)

    answer = acme.invoke("hand-out-due", load_event("hand-out-due"))

    assert answer == {"handed_out": 1, "refused": 0, "failed_shards": [], "unfinished_shards": []}
    assert messages(acme) == [
        {
            "organization_id": ORGANIZATION,
            "lago_ids": [invoice_id],
            "handed_out_at": acme.now().isoformat(),
            "group": ORGANIZATION,
        }
    ]


def test_an_organization_under_a_name_that_is_no_message_group_is_served_too(acme: World) -> None:
    due_invoices(acme, 2, organization_id="Ācme Inc. " * 20)

    assert acme.hand_out_due()["handed_out"] == 2

    groups = {message["group"] for message in messages(acme)}
    assert len(groups) == 1
    assert len(groups.pop()) == 64


def test_what_was_handed_out_is_left_alone_until_its_lease_ends(acme: World) -> None:
    (invoice_id,) = due_invoices(acme, 1)
    acme.hand_out_due()
    assert ids_handed_out(acme) == [invoice_id]
    acme.pass_time(LEASE - 1)
    assert acme.hand_out_due()["handed_out"] == 0
    acme.pass_time(1)

    acme.hand_out_due()

    assert ids_handed_out(acme) == [invoice_id]


def test_being_handed_out_changes_nothing_but_the_time(acme: World) -> None:
    due_invoices(acme, 1)
    (before,) = acme.items("invoices")

    acme.hand_out_due()

    (after,) = acme.items("invoices")
    assert {name for name in after if after[name] != before[name]} == {"due_at"}


def test_an_invoice_that_is_paid_is_not_due(acme: World) -> None:
    acme.customer("beta")
    invoice_id = acme.create_invoice("beta")
    acme.collect_new_invoices()
    assert acme.invoice(invoice_id)["payment_status"] == "succeeded"
    acme.pass_time(30 * DAY)

    assert acme.hand_out_due()["handed_out"] == 0


def test_an_invoice_that_failed_is_due_after_a_day_and_then_each_week_for_90_days(acme: World) -> None:
    acme.connect(authentication_links=False)
    acme.customer("beta", payment_method=UNAUTHENTICATED)
    acme.create_invoice("beta")
    acme.collect_new_invoices()

    looks = []
    for _ in range(120):
        acme.pass_time(DAY)
        looks.append(acme.hand_out_due()["handed_out"])
        acme.collect_due()

    assert [day for day, handed_out in enumerate(looks, start=1) if handed_out] == [1, *range(8, 98, 7)]


def test_an_item_that_is_parked_is_due_once_because_another_may_have_been_charged_before_it(acme: World) -> None:
    acme.put_invoice_item(currency="nothing", due_at="2026-11-23T10:00:00.000+00:00", due_shard="00")
    acme.collect_new_invoices()

    handed_out = []
    for _ in range(3):
        acme.pass_time(30 * DAY)
        handed_out.append(acme.hand_out_due()["handed_out"])
        acme.collect_due()

    assert handed_out == [1, 0, 0]
    assert acme.stripe_calls() == 0


def test_250_due_invoices_are_handed_out_by_one_run_each_once(acme: World) -> None:
    ids = due_invoices(acme, 250)

    assert acme.hand_out_due()["handed_out"] == 250

    assert sorted(ids_handed_out(acme)) == ids
    assert len({due_shard(lago_id) for lago_id in ids}) == len(SHARDS)
    assert acme.hand_out_due()["handed_out"] == 0


def test_a_shard_with_more_than_a_page_is_handed_out_oldest_first(acme: World) -> None:
    ids = due_invoices(acme, 105, due_shard="07")

    assert acme.hand_out_due()["handed_out"] == 105

    assert ids_handed_out(acme) == ids


def test_what_was_read_of_all_shards_is_handed_out_in_one_message_oldest_first(acme: World) -> None:
    ids = due_invoices(acme, 120)

    acme.hand_out_due()

    (message,) = messages(acme)
    assert message["lago_ids"] == ids


def test_a_message_holds_500_invoices_of_one_organization(acme: World) -> None:
    ids = due_invoices(acme, 8)
    due = [DueInvoice("a", f"{lago_id}-{number}", "") for lago_id in ids for number in range(70)]
    others = [DueInvoice("b", lago_id, "") for lago_id in ids]
    calls = acme.aws.count("SendMessageBatch")

    assert bootstrap.due_queue().hand_out([*others, *due], START) == ()

    sent = messages(acme)
    assert [(message["organization_id"], len(message["lago_ids"])) for message in sent] == [
        ("b", 8),
        ("a", 500),
        ("a", 60),
    ]
    assert [lago_id for message in sent[1:] for lago_id in message["lago_ids"]] == [one.lago_id for one in due]
    assert acme.aws.count("SendMessageBatch") - calls == 1


def test_invoices_with_the_longest_ids_there_can_be_are_handed_out(acme: World) -> None:
    due = [DueInvoice("\x01" * 2048, f"{number:04}" + "\x01" * 1020, "") for number in range(100)]

    assert bootstrap.due_queue().hand_out(due, START) == ()

    assert ids_handed_out(acme) == [one.lago_id for one in due]


def test_what_is_handed_out_costs_a_write_each_and_a_thousandth_of_a_call_of_the_queue(acme: World) -> None:
    due_invoices(acme, 300)
    before = {name: acme.aws.count(name) for name in ("Query", "UpdateItem", "SendMessageBatch")}

    assert acme.hand_out_due()["handed_out"] == 300

    effects = {name: acme.aws.count(name) - number for name, number in before.items()}
    assert effects == {"Query": len(SHARDS), "UpdateItem": 300, "SendMessageBatch": 1}


def test_a_backlog_is_left_to_the_next_run_when_time_runs_out(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = due_invoices(acme, 105, due_shard="07")
    monkeypatch.setattr("hand_out_due.PAGE", 100)
    a_round = [60_000] * (1 + len(SHARDS) + 1 + 100)
    remaining = iter([*a_round, 15_000])
    monkeypatch.setattr("world.world.LambdaContext.get_remaining_time_in_millis", lambda _: next(remaining))

    answer = acme.hand_out_due()

    assert (answer["handed_out"], answer["unfinished_shards"]) == (100, ["07"])
    monkeypatch.setattr("world.world.LambdaContext.get_remaining_time_in_millis", lambda _: 60_000)
    assert acme.hand_out_due()["handed_out"] == 5
    assert ids_handed_out(acme) == ids


def test_a_portion_there_was_no_time_for_is_left_to_the_next_run(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = due_invoices(acme, 30)
    monkeypatch.setattr("paystream.use_cases.collecting.hand_out_due._AT_ONCE", 20)
    remaining = iter([60_000] * (1 + len(SHARDS) + 1 + 20) + [15_000] * 2)
    monkeypatch.setattr("world.world.LambdaContext.get_remaining_time_in_millis", lambda _: next(remaining))

    answer = acme.hand_out_due()

    assert (answer["handed_out"], set(answer["unfinished_shards"])) == (
        20,
        {due_shard(lago_id) for lago_id in ids[20:]},
    )
    monkeypatch.setattr("world.world.LambdaContext.get_remaining_time_in_millis", lambda _: 60_000)
    assert acme.hand_out_due()["handed_out"] == 10
    assert ids_handed_out(acme) == ids


def test_of_two_schedulers_at_once_only_one_hands_out(acme: World) -> None:
    ids = due_invoices(acme, 30)
    faster: list[int] = []
    acme.aws.meanwhile(
        "UpdateItem", lambda: faster.append(acme.hand_out_due()["handed_out"]), TableName="InvoicesTable"
    )

    slower = acme.hand_out_due()["handed_out"]

    assert faster[0] > 0
    assert faster[0] + slower == 30
    assert sorted(ids_handed_out(acme)) == ids


def test_an_invoice_that_is_paid_just_before_it_is_handed_out_is_not(acme: World) -> None:
    (lago_id,) = due_invoices(acme, 1)

    def pay() -> None:
        acme.dynamodb.update_item(
            TableName="InvoicesTable",
            Key={"organization_id": {"S": ORGANIZATION}, "lago_id": {"S": lago_id}},
            UpdateExpression="REMOVE due_at, due_shard SET payment_status = :succeeded",
            ExpressionAttributeValues={":succeeded": {"S": "succeeded"}},
        )

    acme.aws.meanwhile("UpdateItem", pay, TableName="InvoicesTable")

    assert acme.hand_out_due()["handed_out"] == 0

    assert ids_handed_out(acme) == []
    assert "due_at" not in acme.items("invoices")[0]


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("operation", ["Query", "UpdateItem"])
def test_a_crash_anywhere_loses_nothing(acme: World, operation: str, moment: Moment) -> None:
    ids = due_invoices(acme, 12, due_shard="07")
    where = {"Query": {"ExpressionAttributeValues": {":shard": {"S": "07"}, ":until": {"S": due_now(acme)}}}}
    acme.aws.crash(operation, moment, **where.get(operation, {}))
    assert acme.hand_out_due()["failed_shards"] == ["07"]

    acme.hand_out_due()
    acme.pass_time(LEASE)
    acme.hand_out_due()

    assert set(ids_handed_out(acme)) == set(ids)


@pytest.mark.parametrize("moment", Moment)
def test_a_crash_around_the_message_delays_what_was_leased_until_its_lease_ends(acme: World, moment: Moment) -> None:
    ids = due_invoices(acme, 12)
    acme.aws.crash("SendMessageBatch", moment)
    with pytest.raises(SimulatedCrashError):
        acme.hand_out_due()
    assert ids_handed_out(acme) == ([] if moment is Moment.BEFORE else ids)
    assert acme.hand_out_due()["handed_out"] == 0
    acme.pass_time(LEASE)

    assert acme.hand_out_due()["handed_out"] == 12

    assert sorted(ids_handed_out(acme)) == ids


def due_now(world: World) -> str:
    return world.now().isoformat(timespec="milliseconds")


def test_a_lease_that_fails_keeps_no_other_invoice(acme: World) -> None:
    ids = due_invoices(acme, 40)
    key = {"organization_id": {"S": ORGANIZATION}, "lago_id": {"S": ids[7]}}
    acme.aws.crash("UpdateItem", Moment.BEFORE, TableName="InvoicesTable", Key=key)

    answer = acme.hand_out_due()

    assert answer["failed_shards"] == [due_shard(ids[7])]
    assert ids_handed_out(acme) == [lago_id for lago_id in ids if lago_id != ids[7]]
    assert acme.hand_out_due()["handed_out"] == 1


def test_a_shard_that_cannot_be_read_does_not_keep_the_others(acme: World) -> None:
    ids = due_invoices(acme, 40)
    values = {":shard": {"S": "07"}, ":until": {"S": due_now(acme)}}
    acme.aws.crash("Query", Moment.BEFORE, ExpressionAttributeValues=values)

    answer = acme.hand_out_due()

    assert answer["failed_shards"] == ["07"]
    assert ids_handed_out(acme) == [lago_id for lago_id in ids if due_shard(lago_id) != "07"]


def test_what_the_queue_does_not_take_is_handed_out_by_the_next_run(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = due_invoices(acme, 2, due_shard="07")
    acme.dynamodb.put_item(
        TableName="InvoicesTable",
        Item={**acme.all_images("invoices")[0], "organization_id": {"S": "another"}, "lago_id": {"S": "theirs"}},
    )
    acme.aws_account.queues.refuses = iter((False, True)).__next__
    answer = acme.hand_out_due()
    acme.aws_account.queues.refuses = lambda: False
    assert (answer["handed_out"], answer["refused"]) == (2, 1)
    assert sorted(ids_handed_out(acme)) == ids
    assert acme.hand_out_due()["handed_out"] == 0
    acme.pass_time(60)

    acme.hand_out_due()

    assert ids_handed_out(acme) == ["theirs"]
