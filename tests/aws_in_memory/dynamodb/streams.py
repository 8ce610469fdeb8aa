"""Streams of tables, and Lambda's event source mappings that read them.

Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html and
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import json
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from aws_in_memory.buckets import Buckets

from .patterns import Filter, filter_of
from .tables import Key, Table
from .values import Item

SHARDS = 4
"""What a new table on demand has, about."""

_KEPT_FOR = 24 * 3600.0
_FIRST_SEQUENCE = 100_000_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Change:
    """One record of a stream. The images are those of the table, and must not be changed."""

    sequence: int
    name: str
    table: str
    keys: Item
    image: Item | None
    written_at: float
    lane: int

    @property
    def sequence_number(self) -> str:
        return str(_FIRST_SEQUENCE + self.sequence)

    def shown(self) -> dict[str, Any]:
        """The record as a function gets it: a copy of its own."""
        stream: dict[str, Any] = {
            "ApproximateCreationDateTime": int(self.written_at),
            "Keys": _streamed(self.keys),
            "SequenceNumber": self.sequence_number,
            "SizeBytes": 100,
            "StreamViewType": "NEW_IMAGE",
        }
        if self.image is not None:
            stream["NewImage"] = _streamed(self.image)
        return {
            "eventID": f"{self.sequence:032x}",
            "eventName": self.name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "dynamodb": stream,
            "eventSourceARN": stream_arn(self.table),
        }


def stream_arn(table: str) -> str:
    return f"arn:aws:dynamodb:us-east-1:123456789012:table/{table}/stream/2026-11-23T10:00:00.000"


@dataclass(slots=True)
class Batch:
    """Records of one lane that are handed over together; `attempts` counts the tries so far."""

    records: Sequence[Change]
    attempts: int = 0
    not_before: float = 0.0

    def without(self, is_old: Callable[[Change], bool]) -> "Batch | None":
        """What is left of it; None if that is nothing."""
        left = [change for change in self.records if not is_old(change)]
        return Batch(left, self.attempts, self.not_before) if left else None


@dataclass(frozen=True, slots=True)
class Settings:
    """An event source mapping as the template describes it; ages in seconds."""

    function: str
    table: str
    batch_size: int
    lanes: int
    most_retries: int | None
    most_age: float | None
    bisects: bool
    reports_failures: bool
    filter: Filter
    failure_bucket: str | None

    @classmethod
    def of(cls, function: str, table: str, properties: Mapping[str, Any], bucket: str | None) -> "Settings":
        retries, age = properties.get("MaximumRetryAttempts", -1), properties.get("MaximumRecordAgeInSeconds", -1)
        return cls(
            function=function,
            table=table,
            batch_size=properties.get("BatchSize", 100),
            lanes=SHARDS * properties.get("ParallelizationFactor", 1),
            most_retries=None if retries < 0 else retries,
            most_age=None if age < 0 else age,
            bisects=properties.get("BisectBatchOnFunctionError", False),
            reports_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", ()),
            filter=filter_of(properties.get("FilterCriteria")),
            failure_bucket=bucket,
        )


@dataclass(slots=True)
class Lane:
    """Some of a shard's keys, in order: one batch at a time is handed over, and what failed comes again first."""

    number: int
    records: deque[Change] = field(default_factory=deque)
    waiting: deque[Batch] = field(default_factory=deque)
    is_busy: bool = False

    def next_at(self, now: float) -> float | None:
        """When a batch can be handed over; None if there is none, or one is at work."""
        if self.is_busy:
            return None
        if self.waiting:
            return self.waiting[0].not_before
        return now if self.records else None

    def take(self, is_old: Callable[[Change], bool]) -> list[Change]:
        """Take out what is old: first what waits, then what has not been handed over."""
        old = [change for batch in self.waiting for change in batch.records if is_old(change)]
        if old:
            self.waiting = deque(filter(None, (batch.without(is_old) for batch in self.waiting)))
        while self.records and is_old(self.records[0]):
            old.append(self.records.popleft())
        return old


class StreamMapping:
    """Hands a table's changes to a function, at least once and in order per key, and sets aside what fails for good."""

    def __init__(
        self, settings: Settings, buckets: Buckets, now: Callable[[], float], new_id: Callable[[], str]
    ) -> None:
        self.settings = settings
        self.lanes = [Lane(number) for number in range(settings.lanes)]
        self.discarded = 0
        self.trimmed: list[Change] = []
        self._buckets = buckets
        self._now = now
        self._new_id = new_id
        self._sequence = 0

    def watch(self, table: Table, key: Key, before: Item | None, after: Item | None) -> None:
        """A watcher of the table: every change that alters something is a record."""
        if before == after:
            return
        self._sequence += 1
        lane = crc32(repr(key).encode()) % len(self.lanes)
        name = "REMOVE" if after is None else "INSERT" if before is None else "MODIFY"
        keys = table.key_attributes(after or before or {})
        change = Change(self._sequence, name, table.name, keys, after, self._now(), lane)
        content = {"eventName": name, "dynamodb": {"Keys": keys} | ({} if after is None else {"NewImage": after})}
        if self.settings.filter(content):
            self.lanes[lane].records.append(change)

    def take(self, lane: Lane, most: int) -> Batch | None:
        """The next batch of a lane, of `most` records at most; None if what was there is too old by now."""
        self._set_aside_what_is_old(lane)
        if lane.waiting:
            batch = lane.waiting.popleft()
        else:
            number = min(most, self.settings.batch_size, len(lane.records))
            batch = Batch([lane.records.popleft() for _ in range(number)])
        if not batch.records:
            return None
        lane.is_busy = True
        return batch

    def succeeded(self, lane: Lane, batch: Batch, answer: Any, *, again: bool, pause: float) -> None:
        """The function answered. Those it reports as failed come again, and all that came after the first of them;
        `again` has all of it delivered once more though nothing failed.
        """
        lane.is_busy = False
        failed = self._reported(answer) if self.settings.reports_failures else []
        if failed:
            numbers = [record.sequence_number for record in batch.records]
            first = min((numbers.index(one) for one in failed if one in numbers), default=0)
            first = 0 if any(one not in numbers for one in failed) else first
            self._come_again(lane, Batch(batch.records[first:], batch.attempts), pause)
        elif again:
            lane.waiting.appendleft(Batch(batch.records, batch.attempts, self._now() + pause))

    def failed(self, lane: Lane, batch: Batch, *, pause: float) -> None:
        """The function failed as a whole. Halving a batch uses up no try."""
        lane.is_busy = False
        if self.settings.bisects and len(batch.records) > 1:
            half = len(batch.records) // 2
            not_before = self._now() + pause
            for records in (batch.records[half:], batch.records[:half]):
                lane.waiting.appendleft(Batch(records, batch.attempts, not_before))
            return
        self._come_again(lane, batch, pause)

    def backlog(self) -> int:
        return sum(len(lane.records) + sum(len(one.records) for one in lane.waiting) for lane in self.lanes)

    def _come_again(self, lane: Lane, batch: Batch, pause: float) -> None:
        if self.settings.most_retries is not None and batch.attempts >= self.settings.most_retries:
            self._discard(lane, batch.records, "RetryAttemptsExhausted", batch.attempts + 1)
            return
        lane.waiting.appendleft(Batch(batch.records, batch.attempts + 1, self._now() + pause))

    def _set_aside_what_is_old(self, lane: Lane) -> None:
        now = self._now()
        age = _KEPT_FOR if self.settings.most_age is None else self.settings.most_age
        old = lane.take(lambda change: now - change.written_at > age)
        if old and self.settings.most_age is None:
            self.trimmed += old
        elif old:
            self._discard(lane, old, "RecordAgeExceeded", 1)

    def _discard(self, lane: Lane, records: Sequence[Change], condition: str, tries: int) -> None:
        """Write the records, as Lambda does, to the bucket of what failed; without one they are gone."""
        if self.settings.failure_bucket is None:
            self.trimmed += records
            return
        self.discarded += len(records)
        for start in range(0, len(records), self.settings.batch_size):
            self._write(lane, records[start : start + self.settings.batch_size], condition, tries)

    def _write(self, lane: Lane, records: Sequence[Change], condition: str, tries: int) -> None:
        at = datetime.fromtimestamp(self._now(), UTC)
        shard = f"shardId-{lane.number % SHARDS:020}-00000000"
        document = {
            "requestContext": {
                "requestId": self._new_id(),
                "functionArn": f"arn:aws:lambda:us-east-1:123456789012:function:{self.settings.function}",
                "condition": condition,
                "approximateInvokeCount": tries,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": None},
            "version": "1.0",
            "timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "DDBStreamBatchInfo": {
                "shardId": shard,
                "startSequenceNumber": records[0].sequence_number,
                "endSequenceNumber": records[-1].sequence_number,
                "approximateArrivalOfFirstRecord": _time(records[0].written_at),
                "approximateArrivalOfLastRecord": _time(records[-1].written_at),
                "batchSize": len(records),
                "streamArn": stream_arn(self.settings.table),
            },
            "payload": json.dumps({"Records": [record.shown() for record in records]}),
        }
        mapping = crc32(self.settings.function.encode())
        name = f"{at:%Y-%m-%dT%H.%M.%S}-{self._new_id()}"
        self._buckets.put_object(
            Bucket=self.settings.failure_bucket or "",
            Key=f"aws/lambda/{mapping:08x}-0000-4000-8000-000000000000/{shard}/{at:%Y/%m/%d}/{name}",
            Body=json.dumps(document),
        )

    @staticmethod
    def _reported(answer: Any) -> list[str]:
        """The identifiers in an answer; one that is empty, or no text, stands for the whole batch."""
        failures = answer.get("batchItemFailures") or () if isinstance(answer, Mapping) else ()
        return [failure.get("itemIdentifier") or "" for failure in failures]


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"


def _streamed(item: Item) -> Item:
    """A copy as JSON carries it: what is binary as text in base 64."""
    return {name: _streamed_value(value) for name, value in item.items()}


def _streamed_value(value: dict[str, Any]) -> dict[str, Any]:
    ((kind, content),) = value.items()
    if kind in ("S", "N"):
        return {kind: content}
    if kind == "M":
        return {"M": {name: _streamed_value(entry) for name, entry in content.items()}}
    if kind == "L":
        return {"L": [_streamed_value(entry) for entry in content]}
    if kind == "B":
        return {"B": b64encode(content).decode()}
    if kind == "BS":
        return {"BS": [b64encode(one).decode() for one in content]}
    return {kind: list(content) if isinstance(content, list) else content}
