"""redrive-records: what the streams have forgotten. A consumer that was off for two days loses nothing."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from builders.durations import DAY, HOUR
from builders.invoices import put_as_large_as_possible
from builders.read import invoice_statuses, unique_keys
from builders.stripe_requests import LIST_INTENTS
from paystream.errors import InvalidInputError
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment, SimulatedCrashError
from world.redriving import Redriving
from world.world import START, TABLES, World, load_event

KEY = ("organization_id", "lago_id")


def forget_streams(world: World) -> None:
    """Nothing that was written so far is ever brought by a stream."""
    world.new_images("invoices")
    world.new_images("notifications")


def put_three_items(world: World) -> list[str]:
    """Of 30.00 and a cent more each; returns their ids."""
    return [world.put_invoice_item(lago_id=f"inv-{number}", total_amount_cents=3000 + number) for number in range(3)]


def settle_all_that_is_due(world: World) -> None:
    while world.hand_out_due()["handed_out"]:
        world.collect_due()


def keys_of_the_outbox(world: World) -> list[str]:
    return sorted(str(item["lago_id"]) for item in world.items("notifications"))


def test_two_days_without_any_consumer_lose_nothing(operator: Redriving) -> None:
    world = operator.world
    notified_before = world.items("notifications")
    by_api = [world.create_invoice(amount=1000), world.create_invoice(amount=2000)]
    world.pass_time(DAY)
    by_item = put_three_items(world)
    broken = world.put_invoice_item(lago_id="broken", total_amount_cents=-1)
    world.pass_time(2 * DAY)
    forget_streams(world)

    settle_all_that_is_due(world)
    assert sorted(world.charged()) == [1000, 2000]
    items = operator.redrive("missed-invoices")
    world.pass_time(DAY)
    forget_streams(world)
    published = operator.redrive("missed-notifications", since="2026-11-23T00:00:00Z", until="2026-12-23T00:00:00Z")

    assert (items["handled"], items["left"]) == (4, [])
    assert invoice_statuses(world, [*by_api, *by_item]) == ["succeeded"] * 5
    assert world.invoice(broken)["error_details"]
    assert (sorted(world.charged()), world.stripe_calls()) == ([1000, 2000, 3000, 3001, 3002], 5)
    assert notified_before == []
    two_of_each_payment_and_one_of_each_that_came_up_overdue = 12
    assert published["handled"] == two_of_each_payment_and_one_of_each_that_came_up_overdue
    assert (published["left"], published["done"], published["next_cursor"]) == ([], True, None)
    assert unique_keys(world.received()) == keys_of_the_outbox(world)


class TestAnItemThatWasMissed:
    def test_is_taken_in_and_collected(self, operator: Redriving) -> None:
        operator.world.put_invoice_item(lago_id="inv-1")
        operator.world.pass_time(2 * DAY)

        answer = operator.world.invoke(
            "redrive-records", load_event("redrive-records-missed-invoices"), remaining_milliseconds=420_000
        )

        assert answer == {"handled": 1, "left": [], "done": True, "next_cursor": None}
        assert operator.world.charged() == [4200]
        assert operator.redrive("missed-invoices") == {"handled": 0, "left": [], "done": True, "next_cursor": None}

    def test_is_looked_up_before_it_is_sent_since_nobody_knows_how_old_it_is(self, operator: Redriving) -> None:
        operator.world.put_invoice_item(lago_id="inv-1")

        operator.redrive("missed-invoices")

        assert operator.world.stripe_calls(LIST_INTENTS) == 1
        assert operator.world.charged() == [4200]

    def test_is_not_charged_again_if_it_was_sent_before_everything_failed(self, operator: Redriving) -> None:
        """Stripe was called once; neither the taking in nor the result was ever written, and the record was lost."""
        world = operator.world
        world.put_invoice_item(lago_id="inv-1")
        image = world.new_images("invoices")
        world.invoke("invoice-created", world.stream_event(image))
        assert world.charged() == [4200]
        for table in ("payments", "notifications", "invoice_numbers"):
            empty(world, table)
        world.put_invoice_item(lago_id="inv-1")
        world.pass_time(30 * DAY)

        assert operator.redrive("missed-invoices")["handled"] == 1

        assert world.charged() == [4200]
        assert world.stripe_calls() == 1
        assert world.invoice("inv-1")["payment_status"] == "succeeded"

    def test_is_not_charged_again_if_it_is_deleted_and_put_again_before_its_result_was_written(
        self, operator: Redriving
    ) -> None:
        world = operator.world
        world.put_invoice_item(lago_id="inv-1")
        (image,) = world.new_images("invoices")
        world.aws.crash("TransactWriteItems", Moment.BEFORE)
        assert len(operator.redrive("missed-invoices")["left"]) == 1
        assert world.charged() == [4200]
        world.dynamodb.delete_item(TableName=TABLES["invoices"], Key={name: image[name] for name in KEY})
        world.pass_time(2 * DAY)

        world.put_invoice_item(lago_id="inv-1")
        assert world.invoke("invoice-created", world.stream_event([image])) == {"batchItemFailures": []}

        assert world.charged() == [4200]
        assert world.invoice("inv-1")["payment_status"] == "succeeded"

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("operation", ["Scan", "Invoke"])
    def test_is_neither_lost_nor_charged_twice_by_a_crash(
        self, operator: Redriving, operation: str, moment: Moment
    ) -> None:
        operator.world.put_invoice_item(lago_id="inv-1")
        operator.world.pass_time(2 * DAY)
        operator.world.aws.crash(operation, moment)
        with pytest.raises(SimulatedCrashError):
            operator.redrive("missed-invoices")

        operator.redrive("missed-invoices")

        assert operator.world.charged() == [4200]
        assert operator.world.stripe_calls() == 1

    def test_may_be_found_by_two_at_once_and_by_its_stream_after_all(self, operator: Redriving) -> None:
        world = operator.world
        world.put_invoice_item(lago_id="inv-1")
        event = world.stream_event(world.new_images("invoices"))
        world.aws.meanwhile("Invoke", partial(operator.redrive, "missed-invoices"))

        assert operator.redrive("missed-invoices")["left"] == []
        assert world.invoke("invoice-created", event) == {"batchItemFailures": []}

        assert world.charged() == [4200]
        assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]

    def test_is_named_if_it_cannot_be_taken_in_and_its_neighbours_go_on(self, operator: Redriving) -> None:
        world = operator.world
        for number in range(12):
            world.put_invoice_item(lago_id=f"inv-{number:02}")
        put_as_large_as_possible(world, "huge", bytes_left=200)

        answer = operator.redrive("missed-invoices")

        assert answer["handled"] == 12
        assert [(one["record"], one["kept_as"]) for one in answer["left"]] == [(f"{ORGANIZATION}/huge", None)]
        assert world.charged() == [4200] * 12

    def test_is_found_wherever_in_the_table_it_is_and_what_is_ours_is_left_alone(self, operator: Redriving) -> None:
        """A scan reads a megabyte a request."""
        world = operator.world
        ours = world.create_invoice(amount=1000)
        world.run()
        for number in range(15):
            world.put_invoice_item(lago_id=f"inv-{number:02}", more="x" * 200 * 1024)

        answer = operator.redrive("missed-invoices")

        given = [record for _, event in operator.functions.invoked for record in event["Records"]]
        assert answer == {"handled": 15, "left": [], "done": True, "next_cursor": None}
        assert ours not in json.dumps(given)
        assert max(operator.functions.batches()) <= 10
        assert sorted(world.charged()) == [1000] + [4200] * 15

    def test_is_gone_on_with_from_a_cursor(self, operator: Redriving) -> None:
        for number in range(3):
            operator.world.put_invoice_item(lago_id=f"inv-{number}")
        (_, _, last) = [one["record"] for one in operator.redrive("missed-invoices", dry_run=True)["left"]]
        (first, *_) = [one["record"] for one in operator.redrive("missed-invoices", dry_run=True)["left"]]

        answer = operator.redrive("missed-invoices", cursor=json.dumps(first.split("/")), dry_run=True)
        assert last in [one["record"] for one in answer["left"]]
        assert len(answer["left"]) == 2

    @pytest.mark.parametrize("cursor", ["x", "[]", "[" * 100_000, '["a"]', '["a", 1]', '["a", ""]', "{}", "null"])
    def test_a_cursor_that_is_none_is_refused(self, operator: Redriving, cursor: str) -> None:
        with pytest.raises(InvalidInputError, match="cursor"):
            operator.redrive("missed-invoices", cursor=cursor)


class TestANotificationThatWasMissed:
    def test_is_published_as_it_would_have_been(self, operator: Redriving) -> None:
        world = operator.world
        world.create_invoice()
        world.collect_new_invoices()
        in_time = world.publish_new_notifications()
        world.pass_time(2 * DAY)

        answer = world.invoke(
            "redrive-records", load_event("redrive-records-missed-notifications"), remaining_milliseconds=420_000
        )

        late = world.received()
        assert answer == {"handled": 2, "left": [], "done": True, "next_cursor": None}
        assert contents(late) == contents(in_time)

    def test_is_chosen_by_the_time_at_which_it_was_made(self, operator: Redriving) -> None:
        world = operator.world
        for _ in range(3):
            world.create_invoice()
            world.collect_new_invoices()
            world.pass_time(HOUR)
        second = START + timedelta(hours=1)

        answer = operator.redrive(
            "missed-notifications", since=second.isoformat(), until=(second + timedelta(minutes=1)).isoformat()
        )

        assert answer["handled"] == 2
        made = {json.loads(message["Message"])["webhook_type"] for message in world.received()}
        assert made == {"invoice.payment_status_updated", "payment.succeeded"}

    def test_that_the_topic_does_not_take_is_named(self, operator: Redriving) -> None:
        world = operator.world
        world.create_invoice()
        world.collect_new_invoices()
        operator.functions.breaks = {"publish-notifications"}

        answer = operator.redrive("missed-notifications", since="2026-11-23T00:00:00Z", until="2026-11-24T00:00:00Z")

        names = sorted(f"{ORGANIZATION}/{item['lago_id']}" for item in world.items("notifications"))
        assert (answer["handled"], sorted(one["record"] for one in answer["left"])) == (0, names)
        assert world.received() == []


def contents(messages: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((message["Message"], json.dumps(message["MessageAttributes"])) for message in messages)


def empty(world: World, table: str) -> None:
    """As if nothing had been written into it."""
    stored = world.aws_account.database.tables[TABLES[table]]
    for item in world.all_images(table):
        world.dynamodb.delete_item(TableName=TABLES[table], Key=stored.key_attributes(item))
