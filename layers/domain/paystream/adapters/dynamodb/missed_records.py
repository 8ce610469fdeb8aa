"""What the tables hold and no stream will bring any more: DynamoDB keeps a stream's records for 24 hours.

A scan reads the whole table, a megabyte a request, and so costs what the table weighs, not what it finds.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from paystream.adapters.dynamodb.database import Database
from paystream.adapters.dynamodb.invoice_items import is_ours
from paystream.adapters.dynamodb.items import attribute_values, plain
from paystream.adapters.dynamodb.scans import SCANNED_KEY, scan_cursor, scan_start
from paystream.adapters.stream_events import record_of_new, stream_event_record, stream_record
from paystream.model.redrive import MOST_AT_ONCE, Portion, StreamConsumer, StreamRecord
from paystream.ports.records import RecordSource

_SAYS_WHOSE = ("customer_key", "external_customer_id", "#version")
"""What an item is recognised by that Paystream has written: a filter of DynamoDB's cannot join two attributes."""


class DynamoMissedRecords:
    """Implements the port `MissedRecords`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def invoices(self, *, now: datetime) -> RecordSource:
        return _Scan(
            self._database,
            StreamConsumer.INVOICE_CREATED,
            {
                "TableName": self._database.tables.invoices,
                "ProjectionExpression": ", ".join((*SCANNED_KEY, *_SAYS_WHOSE)),
                "ExpressionAttributeNames": {"#version": "version"},
            },
            partial(_put_at_an_unknown_time, now=now),
            wants=lambda item: not is_ours(item),
        )

    def figures(self, *, now: datetime) -> RecordSource:
        return _Scan(
            self._database,
            StreamConsumer.COUNT_FIGURES,
            {"TableName": self._database.tables.invoices, "ProjectionExpression": ", ".join(SCANNED_KEY)},
            partial(_put_at_an_unknown_time, now=now),
        )

    def notifications(self, *, since: datetime, until: datetime) -> RecordSource:
        times = attribute_values({":since": plain(since), ":until": plain(until)})
        return _Scan(
            self._database,
            StreamConsumer.PUBLISH_NOTIFICATIONS,
            {
                "TableName": self._database.tables.notifications,
                "FilterExpression": "created_at BETWEEN :since AND :until",
                "ExpressionAttributeValues": times,
            },
            record_of_new,
        )


@dataclass(frozen=True, slots=True)
class _Scan:
    """Implements the port `RecordSource`. A cursor is the key of the last item that was dealt with."""

    database: Database
    consumer: StreamConsumer
    parameters: Mapping[str, Any]
    record: Callable[[Mapping[str, Any]], StreamRecord]
    wants: Callable[[Mapping[str, Any]], bool] = lambda _: True

    def portions(self, after: str | None) -> Iterator[Portion]:
        start = scan_start(after)
        while True:
            answer = self.database.client.scan(**self.parameters, **start)
            items = [item for item in answer["Items"] if self.wants(item)]
            for position in range(0, len(items), MOST_AT_ONCE):
                some = items[position : position + MOST_AT_ONCE]
                records = tuple(self.record(item) for item in some)
                yield Portion(cursor=scan_cursor(some[-1]), consumer=self.consumer, records=records)
            last = answer.get("LastEvaluatedKey")
            if last is None:
                return
            yield Portion(cursor=scan_cursor(last))
            start = {"ExclusiveStartKey": last}

    def put_away(self, portion: Portion) -> None:
        """An item that was taken in is not found any more; a notification is found for as long as it is kept."""


def _put_at_an_unknown_time(item: Mapping[str, Any], *, now: datetime) -> StreamRecord:
    """As if it had replaced another item just now: so it is looked up at Stripe before anything is sent."""
    key = {name: item[name] for name in SCANNED_KEY}
    return stream_record(stream_event_record("MODIFY", key, key, written_at=now))
