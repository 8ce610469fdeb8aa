"""Batches of records, from a stream or a queue: side by side, in order per key, failures reported one by one."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from paystream.adapters.dynamodb.items import plain_item
from paystream.errors import PaystreamError
from paystream.observability import count, logger
from paystream.ports.pages import Page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Record:
    """`identifier` is what is reported when it fails, `key` is what it is about: records with one key keep their
    order. One that cannot be read has the reason in `unreadable` and fails when its turn comes.
    """

    identifier: str
    key: str
    value: Any
    unreadable: Exception | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a stream says of an item: its key as plain values, its attributes as DynamoDB types them, and when it was
    written (to the second, UTC).

    `replaced` says that there had been an item with this key before.
    """

    key: dict[str, Any]
    image: Mapping[str, Any]
    written_at: datetime
    replaced: bool = False

    @property
    def item(self) -> dict[str, Any]:
        """The attributes as plain values. Raises TypeError for binary ones, which a stream gives as text."""
        return plain_item(self.image)


def process(
    records: Iterable[Record],
    handle: Callable[[Any], None],
    *,
    at_once: int,
    remaining_milliseconds: Callable[[], int],
    needed_milliseconds: int,
) -> dict[str, list[dict[str, str]]]:
    """Handle all records, at most `at_once` side by side; the answer names those to be delivered again.

    After a failure the later records of the same key are not tried. No record is begun when less time is left than
    one needs: a time-out would fail the whole batch.
    """
    by_key: dict[str, list[Record]] = {}
    for record in records:
        by_key.setdefault(record.key, []).append(record)

    def handle_in_order(same_key: Sequence[Record]) -> list[Record]:
        for position, record in enumerate(same_key):
            if remaining_milliseconds() < needed_milliseconds or not _succeeds(record, handle):
                return list(same_key[position:])
        return []

    # One at a time needs no thread: its handler may use them itself.
    side_by_side = map if at_once == 1 else _threads(at_once).map
    rests = side_by_side(handle_in_order, by_key.values())
    return failures([record for rest in rests for record in rest])


def process_pages(
    page_after: Callable[[str | None], Page[T]],
    handle: Callable[[T], None],
    *,
    name: Callable[[T], str],
    at_once: int,
    remaining_milliseconds: Callable[[], int],
    needed_milliseconds: int,
) -> tuple[int, int]:
    """Handle what a list holds, page by page, as long as time is left; how many were handed over, and how many of them
    failed. What is left is in the list the next time.
    """
    handed_over, failed, cursor = 0, 0, None
    while True:
        page = page_after(cursor)
        answer = process(
            [Record(name(one), name(one), one) for one in page.records],
            handle,
            at_once=at_once,
            remaining_milliseconds=remaining_milliseconds,
            needed_milliseconds=needed_milliseconds,
        )
        handed_over += len(page.records)
        failed += len(answer["batchItemFailures"])
        cursor = page.next_cursor
        if cursor is None or remaining_milliseconds() < needed_milliseconds:
            return handed_over, failed


def read_all(records: Sequence[Record], read: Callable[[Any], T]) -> tuple[list[tuple[Record, T]], list[Record]]:
    """What is read of each record, and those that cannot be read, which have failed."""
    found: list[tuple[Record, T]] = []

    def keep(record: Record) -> bool:
        return _succeeds(record, lambda value: found.append((record, read(value))))

    failed = [record for record in records if not keep(record)]
    return found, failed


def failures(records: Sequence[Record]) -> dict[str, list[dict[str, str]]]:
    """The answer that has these records delivered again, and no other that stands before them."""
    if records:
        count("RecordFailed", len(records))
    return {"batchItemFailures": [{"itemIdentifier": record.identifier} for record in records]}


def queue_records(event: Mapping[str, Any], key: Callable[[Mapping[str, Any]], str]) -> list[Record]:
    """The records of a queue's event; each value is the message's body, read as JSON."""
    return [_queue_record(record["messageId"], record["body"], key) for record in event["Records"]]


def _queue_record(message_id: str, text: str, key: Callable[[Mapping[str, Any]], str]) -> Record:
    try:
        body = json.loads(text)
        return Record(message_id, key(body), body)
    except Exception as unreadable:
        # Anybody's text: whatever is wrong with it is this record's matter, not its neighbours'.
        return Record(message_id, message_id, None, unreadable)


def stream_records(event: Mapping[str, Any]) -> list[Record]:
    """The records of a table's stream with new images; each value is a Change. Raises LookupError for one without a
    sequence number: nothing can be reported of it.
    """
    return [_stream_record(record) for record in event["Records"]]


def _stream_record(record: Mapping[str, Any]) -> Record:
    identifier = record["dynamodb"]["SequenceNumber"]
    try:
        change = _change(record["dynamodb"], record["eventName"])
        return Record(identifier, repr(sorted(change.key.items())), change)
    except Exception as unreadable:
        # A stream that was set up otherwise, say: its neighbours are not to wait for it.
        return Record(identifier, identifier, None, unreadable)


def _change(record: Mapping[str, Any], event_name: str) -> Change:
    written_at = datetime.fromtimestamp(float(record["ApproximateCreationDateTime"]), UTC)
    return Change(plain_item(record["Keys"]), record["NewImage"], written_at, event_name == "MODIFY")


@cache
def _threads(at_once: int) -> ThreadPoolExecutor:
    """Kept between invocations: each thread keeps its connection to Stripe, and a new one costs a TLS handshake."""
    return ThreadPoolExecutor(max_workers=at_once)


def _succeeds(record: Record, handle: Callable[[Any], None]) -> bool:
    try:
        _handle(record, handle)
    except PaystreamError as error:
        # Without the cause: it is a foreign text, which may hold a key or an e-mail.
        logger.warning("record failed", record=record.identifier, reason=type(error).__name__, text=str(error))
        return False
    except Exception:
        # The boundary of one record: its neighbours go on, it is delivered again.
        logger.exception("record failed", record=record.identifier)
        return False
    return True


def _handle(record: Record, handle: Callable[[Any], None]) -> None:
    if record.unreadable:
        raise record.unreadable
    handle(record.value)
