"""The tables as a test looks at them: plain items, images as a stream shows them, and what has changed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from aws_in_memory.dynamodb.tables import Key, Table
from aws_in_memory.dynamodb.values import Item, copied
from boto3.dynamodb.types import TypeDeserializer
from paystream.adapters.dynamodb.invoice_items import is_ours

Image = dict[str, Any]


class Images:
    """Of tables by name. Each record of a stream has a number of its own."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables
        self._seen: set[tuple[str, Key]] = set()
        self._changed: set[Key] = set()
        self._sequence = 0
        tables["InvoicesTable"].watchers.append(lambda _table, key, *_: self._changed.add(key))

    def plain(self, table: str) -> list[dict[str, Any]]:
        """All items, as plain values."""
        return [{name: _PLAIN.deserialize(value) for name, value in image.items()} for image in self.all(table)]

    def all(self, table: str) -> list[Image]:
        """All items, in the order in which they were stored first."""
        return [copied(item) for _, item in self._tables[table].items()]

    def new(self, table: str) -> list[Image]:
        """The items that were inserted since the last time."""
        found = []
        for key, item in self._tables[table].items():
            if (table, key) not in self._seen:
                self._seen.add((table, key))
                found.append(copied(item))
        return found

    def stream_event(self, images: Iterable[Image], written_at: datetime) -> dict[str, Any]:
        """What a stream's event source mapping hands to a function for new items."""
        return {"Records": [self._record(image, written_at) for image in images]}

    def check_that_what_is_open_is_due(self) -> None:
        """Rule 7, of what has changed: each open invoice has a time at which it is looked at again."""
        changed, self._changed = self._changed, set()
        for key in changed:
            item = self._tables["InvoicesTable"].get(key)
            is_open = item is not None and is_ours(item) and "problem" not in item and _is_open(item)
            assert not is_open or {"due_at", "due_shard"} <= (item or {}).keys(), item

    def _record(self, image: Image, written_at: datetime) -> dict[str, Any]:
        self._sequence += 1
        return {
            "eventID": f"event-{self._sequence}",
            "eventName": "INSERT",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "ApproximateCreationDateTime": written_at.timestamp(),
                "Keys": {name: image[name] for name in ("organization_id", "lago_id")},
                "NewImage": image,
                "SequenceNumber": f"{self._sequence:021}",
                "StreamViewType": "NEW_IMAGE",
            },
        }


_PLAIN = TypeDeserializer()


def _is_open(item: Item) -> bool:
    return (item["status"], item["payment_status"]) == ({"S": "finalized"}, {"S": "pending"})
