"""What a scan of the tables finds for streams that have forgotten it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from paystream.adapters.dynamodb.database import Tables
from paystream.entry.outbox import notification_from_change
from paystream.entry.records import Change, stream_records
from paystream.errors import InvalidInputError
from paystream.model.redrive import MOST_AT_ONCE, Portion, StreamConsumer, StreamRecord
from paystream.ports.records import RecordSource
from paystream.ports.stores import Stores
from stores.event_filters import patterns, selects
from stores.records import NOW, ORGANIZATION, OTHER_ORGANIZATION, at, invoice, notification
from stores.targets import Target

LATER = at(3600)
NO_CURSORS = ["x", "{}", "[]", '["organization"]', '["organization", ""]', '["organization", 1]', "[" * 100_000]


@pytest.fixture
def put(target: Target, tables: Tables) -> Any:
    """How an application puts items into the invoices table."""

    def put_items(*lago_ids: str, organization_id: str = ORGANIZATION, **attributes: Any) -> None:
        for lago_id in lago_ids:
            item = {"organization_id": {"S": organization_id}, "lago_id": {"S": lago_id}} | attributes
            target.dynamodb.put_item(TableName=tables.invoices, Item=item)

    return put_items


def found(source: RecordSource, after: str | None = None) -> list[StreamRecord]:
    """All records after a cursor."""
    return [record for portion in source.portions(after) for record in portion.records]


def names(records: Iterable[StreamRecord]) -> list[str]:
    return sorted(record.name for record in records)


def changes(function: str, records: list[StreamRecord]) -> list[Change]:
    """As the function reads them; its event source mapping must let each of them through."""
    contents = [record.content for record in records]
    assert all(any(selects(pattern, content) for pattern in patterns(function)) for content in contents)
    read = stream_records({"Records": contents})
    assert [one.identifier for one in read] == [record.identifier for record in records]
    return [one.value for one in read]


def assert_each_cursor_leads_to_the_rest(source: RecordSource, portions: list[Portion]) -> None:
    for position, portion in enumerate(portions):
        rest = [record for later in portions[position + 1 :] for record in later.records]
        assert found(source, portion.cursor) == rest


class TestFigures:
    def test_each_item_of_the_invoices_table_is_found_taken_in_or_not(self, stores: Stores, put: Any) -> None:
        put("put")
        stores.invoices.create(invoice("created"))
        source = stores.missed_records.figures(now=LATER)

        portions = list(source.portions(None))

        assert names(found(source)) == [f"{ORGANIZATION}/created", f"{ORGANIZATION}/put"]
        assert {portion.consumer for portion in portions} == {StreamConsumer.COUNT_FIGURES}
        assert_each_cursor_leads_to_the_rest(source, portions)


class TestInvoices:
    def test_what_was_put_and_not_taken_in_is_found_whosever_it_is(self, stores: Stores, put: Any) -> None:
        put("put", "taken-in", total_amount_cents={"N": "4200"})
        put("put", organization_id=OTHER_ORGANIZATION)
        stores.invoices.save(invoice("taken-in", version=0))
        stores.invoices.create(invoice("created"))

        records = found(stores.missed_records.invoices(now=LATER))

        assert names(records) == [f"{ORGANIZATION}/put", f"{OTHER_ORGANIZATION}/put"]

    def test_each_is_reported_as_a_replacement_of_just_now(self, stores: Stores, put: Any) -> None:
        put("invoice-1", total_amount_cents={"N": "4200"})

        records = found(stores.missed_records.invoices(now=LATER))
        (change,) = changes("InvoiceCreatedFunction", records)

        assert change.key == {"organization_id": ORGANIZATION, "lago_id": "invoice-1"}
        assert (change.replaced, change.written_at) == (True, LATER)

    def test_an_empty_table_has_none(self, stores: Stores) -> None:
        assert list(stores.missed_records.invoices(now=LATER).portions(None)) == []

    def test_they_come_in_portions_that_a_function_takes_at_once(self, stores: Stores, put: Any) -> None:
        put(*(f"invoice-{number}" for number in range(2 * MOST_AT_ONCE + 1)))
        source = stores.missed_records.invoices(now=LATER)

        portions = list(source.portions(None))

        assert [len(portion.records) for portion in portions] == [MOST_AT_ONCE, MOST_AT_ONCE, 1]
        assert {portion.consumer for portion in portions} == {StreamConsumer.INVOICE_CREATED}
        assert len({*names(record for portion in portions for record in portion.records)}) == 2 * MOST_AT_ONCE + 1
        assert_each_cursor_leads_to_the_rest(source, portions)

    def test_a_cursor_leads_on_when_what_it_names_was_taken_in_or_is_gone(
        self, stores: Stores, target: Target, tables: Tables, put: Any
    ) -> None:
        put(*(f"invoice-{number}" for number in range(3 * MOST_AT_ONCE)))
        source = stores.missed_records.invoices(now=LATER)
        first, second, third = source.portions(None)
        for record in first.records:
            stores.invoices.save(invoice(record.name.split("/")[1], version=0))
        for record in second.records:
            key = record.content["dynamodb"]["Keys"]
            target.dynamodb.delete_item(TableName=tables.invoices, Key=key)

        for cursor in (None, first.cursor, second.cursor):
            assert found(source, cursor) == [*third.records]
        assert found(source, third.cursor) == []

    def test_they_are_found_among_megabytes_of_others(self, stores: Stores, put: Any) -> None:
        """A request reads a megabyte, whatever of it is found: portions without records say how far it has come."""
        for number in range(12):
            stores.invoices.create(invoice(f"large-{number}", rejected="x" * 300_000))
        put("a", "b", "c")
        source = stores.missed_records.invoices(now=LATER)

        portions = list(source.portions(None))

        assert names(record for portion in portions for record in portion.records) == [
            f"{ORGANIZATION}/{name}" for name in "abc"
        ]
        assert sum(not portion.records for portion in portions) >= 3
        assert_each_cursor_leads_to_the_rest(source, portions)

    @pytest.mark.parametrize("cursor", NO_CURSORS, ids=lambda cursor: cursor[:30])
    def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InvalidInputError):
            next(iter(stores.missed_records.invoices(now=LATER).portions(cursor)))


class TestNotifications:
    def source(self, stores: Stores, since: datetime = NOW, until: datetime = LATER) -> RecordSource:
        return stores.missed_records.notifications(since=since, until=until)

    def test_those_between_two_times_are_found_and_those_at_them(self, stores: Stores) -> None:
        for name, seconds in {"before": -0.001, "since": 0, "until": 60, "after": 60.001}.items():
            stores.notifications.add(notification(name, created_at=at(seconds)))
        stores.notifications.add(notification("since", organization_id=OTHER_ORGANIZATION))

        records = found(self.source(stores, NOW, at(60)))

        assert names(records) == [f"{ORGANIZATION}/since", f"{ORGANIZATION}/until", f"{OTHER_ORGANIZATION}/since"]

    def test_each_is_reported_as_it_was_when_it_was_stored(self, stores: Stores) -> None:
        stored = notification(body='{"text": "é 💶"}')
        stores.notifications.add(stored)

        (change,) = changes("PublishNotificationsFunction", found(self.source(stores)))

        assert notification_from_change(change) == stored
        assert (change.replaced, change.written_at) == (False, NOW)

    def test_all_are_found_however_many_and_after_each_cursor_the_rest(self, stores: Stores) -> None:
        for number in range(MOST_AT_ONCE + 3):
            stores.notifications.add(notification(str(number), body="x" * 200_000, created_at=at(number)))
        source = self.source(stores)

        portions = list(source.portions(None))

        assert len({*names(record for portion in portions for record in portion.records)}) == MOST_AT_ONCE + 3
        assert all(len(portion.records) <= MOST_AT_ONCE for portion in portions)
        assert {portion.consumer for portion in portions if portion.records} == {StreamConsumer.PUBLISH_NOTIFICATIONS}
        assert_each_cursor_leads_to_the_rest(source, portions)

    def test_one_that_was_put_away_is_found_for_as_long_as_it_is_kept(self, stores: Stores) -> None:
        stores.notifications.add(notification())
        source = self.source(stores)
        (portion,) = source.portions(None)

        for _ in range(2):
            source.put_away(portion)

        assert list(source.portions(None)) == [portion]

    @pytest.mark.parametrize("cursor", NO_CURSORS, ids=lambda cursor: cursor[:30])
    def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InvalidInputError):
            next(iter(self.source(stores).portions(cursor)))
