"""What the tables' streams bring, and which of it reaches a function."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from builders.standings import standing_otherwise
from paystream.adapters.dynamodb.database import Tables
from paystream.adapters.dynamodb.items import from_item, plain
from paystream.entry.outbox import notification_from_change
from paystream.entry.records import Change, stream_records
from paystream.errors import InvalidInputError, VersionConflictError
from paystream.model.invoice import Invoice
from paystream.model.settlement import Settlement
from paystream.ports.stores import Stores
from stores.event_filters import patterns, selects
from stores.records import NOW, ORGANIZATION, SHARD, at, invoice, notification, payment
from stores.targets import Target

Record = Mapping[str, Any]


def records(target: Target, table: str) -> list[Record]:
    """All that a table's stream holds, as Lambda hands it over: shard by shard, each from its beginning on."""
    arn = target.dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    shards = target.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    return [record for shard in shards for record in _of_shard(target, arn, shard["ShardId"])]


def _of_shard(target: Target, arn: str, shard: str) -> Iterator[Record]:
    iterator = target.streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    position = iterator["ShardIterator"]
    while position:
        answer = target.streams.get_records(ShardIterator=position)
        for record in answer["Records"]:
            written_at = record["dynamodb"]["ApproximateCreationDateTime"]
            yield record | {"dynamodb": record["dynamodb"] | {"ApproximateCreationDateTime": written_at.timestamp()}}
        position = answer.get("NextShardIterator") if answer["Records"] else None


def changes(found: list[Record]) -> list[Change]:
    """As our functions read them."""
    return [record.value for record in stream_records({"Records": found})]


def reaching(function: str, found: list[Record]) -> list[Record]:
    """Those that the function's event source mapping lets through."""
    return [record for record in found if any(selects(pattern, record) for pattern in patterns(function))]


@pytest.fixture
def put(target: Target, tables: Tables) -> Any:
    """How an application puts an item into the invoices table."""

    def put_item(**attributes: Any) -> None:
        item = {"organization_id": {"S": ORGANIZATION}, "lago_id": {"S": "invoice-1"}} | attributes
        target.dynamodb.put_item(TableName=tables.invoices, Item=item)

    return put_item


class TestInvoices:
    def test_each_change_is_reported_once_in_order_with_the_whole_new_item(
        self, stores: Stores, target: Target, tables: Tables
    ) -> None:
        stores.invoices.create(invoice())
        for attempt in (1, 2, 3):
            read = stores.invoices.get(ORGANIZATION, "invoice-1")
            assert read
            stores.invoices.settle(Settlement(replace(read, attempt=attempt), payment(), ()), ())

        found = records(target, tables.invoices)

        assert [record["eventName"] for record in found] == ["INSERT", "MODIFY", "MODIFY", "MODIFY"]
        assert [from_item(Invoice, change.image).version for change in changes(found)] == [1, 2, 3, 4]
        assert from_item(Invoice, changes(found)[-1].image) == stores.invoices.get(ORGANIZATION, "invoice-1")
        assert [change.replaced for change in changes(found)] == [False, True, True, True]

    def test_a_record_has_what_our_functions_read(self, stores: Stores, target: Target, tables: Tables) -> None:
        before = datetime.now(UTC) - timedelta(seconds=2)
        stores.invoices.create(invoice())

        (record,) = records(target, tables.invoices)
        (change,) = changes([record])

        assert change.key == {"organization_id": ORGANIZATION, "lago_id": "invoice-1"}
        assert before <= change.written_at <= datetime.now(UTC) + timedelta(seconds=2)
        assert record["dynamodb"]["StreamViewType"] == "NEW_IMAGE"
        assert "OldImage" not in record["dynamodb"]
        assert record["eventID"]

    def test_identifiers_rise_and_differ(self, stores: Stores, target: Target, tables: Tables) -> None:
        for number in range(20):
            stores.invoices.create(invoice(f"invoice-{number}"))

        identifiers = [int(record["dynamodb"]["SequenceNumber"]) for record in records(target, tables.invoices)]

        assert identifiers == sorted({*identifiers})
        assert len(identifiers) == 20

    def test_changes_of_each_key_keep_their_order_among_others(
        self, stores: Stores, target: Target, tables: Tables
    ) -> None:
        names = [f"invoice-{number}" for number in range(5)]
        for name in names:
            stores.invoices.create(invoice(name))
        for version in (1, 2, 3):
            for name in names:
                stores.invoices.save(invoice(name, version=version))

        found = changes(records(target, tables.invoices))

        for name in names:
            versions = [from_item(Invoice, change.image).version for change in found if change.key["lago_id"] == name]
            assert versions == [1, 2, 3, 4]

    def test_what_lost_a_race_is_not_reported(self, stores: Stores, target: Target, tables: Tables) -> None:
        stores.invoices.create(invoice(number="ACM-1"))
        for refused in (
            lambda: stores.invoices.create(invoice("invoice-2", number="ACM-1")),
            lambda: stores.invoices.save(invoice(version=9), (notification(),)),
            lambda: stores.invoices.settle(Settlement(invoice(version=9), payment(), ()), (notification(),)),
        ):
            with pytest.raises((InvalidInputError, VersionConflictError)):
                refused()

        assert len(records(target, tables.invoices)) == 1
        assert records(target, tables.notifications) == []

    def test_values_come_as_they_were_put(self, target: Target, tables: Tables, put: Any) -> None:
        put(
            text={"S": "é 💶"},
            whole={"N": "99999999999999999999999999999999999999"},
            part={"N": "-0.00000001"},
            nothing={"NULL": True},
            nested={"M": {"list": {"L": [{"BOOL": False}, {"S": ""}, {"SS": ["a", "b"]}]}}},
        )

        (change,) = changes(records(target, tables.invoices))

        assert change.item == {
            "organization_id": ORGANIZATION,
            "lago_id": "invoice-1",
            "text": "é 💶",
            "whole": 99999999999999999999999999999999999999,
            "part": Decimal("-0.00000001"),
            "nothing": None,
            "nested": {"list": [False, "", {"a", "b"}]},
        }


class TestWhatReachesInvoiceCreated:
    """The filters of the template, on real records."""

    FUNCTION = "InvoiceCreatedFunction"

    def reached(self, target: Target, tables: Tables) -> list[str]:
        return [record["eventName"] for record in reaching(self.FUNCTION, records(target, tables.invoices))]

    def test_new_invoices_do_however_they_were_put(
        self, stores: Stores, target: Target, tables: Tables, put: Any
    ) -> None:
        put()
        stores.invoices.create(invoice("invoice-2"))
        assert self.reached(target, tables) == ["INSERT", "INSERT"]

    def test_our_own_writes_do_not(self, stores: Stores, target: Target, tables: Tables, put: Any) -> None:
        put()
        taken_in = stores.invoices.save(invoice(version=0))
        stores.invoices.save(standing_otherwise(taken_in, paused_integration_id="integration-1"))
        (due,) = stores.due_invoices.oldest(SHARD, until=NOW, limit=1)
        stores.due_invoices.postpone(due, at(60))
        stores.due_invoices.make_due(ORGANIZATION, "invoice-1", integration_id="integration-1", at=NOW)

        assert [record["eventName"] for record in records(target, tables.invoices)] == ["INSERT"] + ["MODIFY"] * 4
        assert self.reached(target, tables) == ["INSERT"]

    def test_an_item_that_replaces_ours_does(self, stores: Stores, target: Target, tables: Tables, put: Any) -> None:
        stores.invoices.create(invoice())
        put(currency={"S": "USD"})
        put(currency={"S": "CHF"})

        assert self.reached(target, tables) == ["INSERT", "MODIFY", "MODIFY"]

    def test_one_that_was_deleted_does_not(self, stores: Stores, target: Target, tables: Tables) -> None:
        stores.invoices.create(invoice())
        key = {"organization_id": {"S": ORGANIZATION}, "lago_id": {"S": "invoice-1"}}
        target.dynamodb.delete_item(TableName=tables.invoices, Key=key)

        found = records(target, tables.invoices)
        assert [record["eventName"] for record in found] == ["INSERT", "REMOVE"]
        assert "NewImage" not in found[1]["dynamodb"]
        assert self.reached(target, tables) == ["INSERT"]


class TestTheOutbox:
    FUNCTION = "PublishNotificationsFunction"

    def test_a_notification_is_reported_as_it_was_stored(self, stores: Stores, target: Target, tables: Tables) -> None:
        body = json.dumps({"webhook_type": "payment.succeeded", "payment": {"amount_cents": 4200, "text": "é"}})
        stores.invoices.create(invoice())
        stores.invoices.settle(Settlement(invoice(), payment(), ()), (notification(body=body), notification("2")))

        found = reaching(self.FUNCTION, records(target, tables.notifications))

        notified = {one.lago_id: one for one in map(notification_from_change, changes(found))}
        assert notified.keys() == {"notification-1", "2"}
        assert replace(notified["notification-1"], created_at=NOW) == notification(body=body)

    def test_a_repeat_is_not_reported_and_neither_is_an_expiry(
        self, stores: Stores, target: Target, tables: Tables
    ) -> None:
        stores.notifications.add(notification())
        stores.notifications.add(notification())
        key = {"organization_id": {"S": ORGANIZATION}, "lago_id": {"S": "notification-1"}}
        target.dynamodb.delete_item(TableName=tables.notifications, Key=key)

        assert len(reaching(self.FUNCTION, records(target, tables.notifications))) == 1

    def test_a_time_is_stored_to_the_millisecond(self, stores: Stores, target: Target, tables: Tables) -> None:
        stores.notifications.add(notification())
        (change,) = changes(records(target, tables.notifications))
        assert change.item["created_at"] == plain(NOW) == "2026-11-23T10:00:00.123+00:00"


class TestTheFilters:
    """The rules of Lambda that the template's patterns rest on."""

    @pytest.mark.parametrize(
        ("pattern", "record", "is_selected"),
        [
            ({"a": ["x", "y"]}, {"a": "y"}, True),
            ({"a": ["x"]}, {"a": "z"}, False),
            ({"a": ["x"]}, {}, False),
            ({"a": {"b": [{"exists": False}]}}, {}, True),
            ({"a": {"b": [{"exists": False}]}}, {"a": {"c": "x"}}, True),
            ({"a": {"b": [{"exists": False}]}}, {"a": {"b": "x"}}, False),
            ({"a": {"b": [{"exists": True}]}}, {"a": {"b": "x"}}, True),
            ({"a": ["x"], "b": ["x"]}, {"a": "x"}, False),
        ],
    )
    def test_all_leaves_must_hold(self, pattern: Record, record: Record, is_selected: bool) -> None:
        assert selects(pattern, record) is is_selected

    def test_an_operator_that_is_not_known_here_is_no_match_and_no_silence(self) -> None:
        with pytest.raises(LookupError):
            selects({"a": [{"prefix": "x"}]}, {"a": "x"})
