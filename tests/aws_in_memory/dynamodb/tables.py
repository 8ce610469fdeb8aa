"""A table with its indexes: what is stored, in which order, and how far an index lags behind.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html
"""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .values import AttributeValue, InvalidValueError, Item, comparable, copied

MOST_ITEM_BYTES = 400 * 1024
_LONGEST_HASH_KEY = 2048
_LONGEST_SORT_KEY = 1024
_SURELY_SHORT = _LONGEST_SORT_KEY // 4
"""In characters: none has more than four bytes."""
_MOST_PENDING = 2000

Key = tuple[Any, ...]
"""The key attributes' plain values, the partition key first."""

Watcher = Callable[["Table", Key, Item | None, Item | None], None]
"""Called with every change: the item before and after it, None where there is none. Neither may be changed."""


@dataclass(frozen=True, slots=True)
class KeySchema:
    """The names and types of key attributes; `sort` is None without a sort key. The partition key's is the first."""

    hash: str
    sort: str | None
    types: Mapping[str, str]
    names: tuple[str, ...]

    @classmethod
    def of(cls, definition: Mapping[str, Any], types: Mapping[str, str]) -> "KeySchema":
        names = {part["KeyType"]: part["AttributeName"] for part in definition["KeySchema"]}
        used = {name: types[name] for name in names.values()}
        sort = names.get("RANGE")
        return cls(names["HASH"], sort, used, (names["HASH"],) if sort is None else (names["HASH"], sort))

    def check(self, name: str, value: AttributeValue | None, *, index: str | None = None) -> None:
        """Raises InvalidValueError for a value that DynamoDB does not take for this key."""
        wanted = self.types[name]
        if wanted == "S" and _is_surely_taken(value):
            return
        if value is None or wanted not in value:
            found = None if value is None else next(iter(value))
            raise InvalidValueError(
                f"One or more parameter values were invalid: {_mismatch(name, wanted, found, index)}"
            )
        content = value[wanted]
        if wanted == "N":
            return
        if not content:
            where = "" if index is None else f", IndexName: {index}"
            raise InvalidValueError(
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
                f"empty {'string' if wanted == 'S' else 'binary'} value. Key: {name}{where}"
            )
        self._check_length(name, content, index)

    def _check_length(self, name: str, content: str | bytes, index: str | None) -> None:
        kind, longest = ("hash", _LONGEST_HASH_KEY) if name == self.hash else ("range", _LONGEST_SORT_KEY)
        if (len(content) if isinstance(content, bytes) else len(content.encode())) > longest:
            too_long = (
                f"Size of {kind}key has exceeded the maximum size limit of{longest} bytes"
                if index is None
                else f"Aggregated size of all range keys has exceeded the size limit of {longest} bytes"
            )
            raise InvalidValueError(f"One or more parameter values were invalid: {too_long}")


def _is_surely_taken(value: AttributeValue | None) -> bool:
    return value is not None and "S" in value and 0 < len(value["S"]) <= _SURELY_SHORT


def _mismatch(name: str, wanted: str, found: str | None, index: str | None) -> str:
    if index is not None:
        return f"Type mismatch for Index Key {name} Expected: {wanted} Actual: {found or 'NULL'} IndexName: {index}"
    if found is None:
        return f"Missing the key {name} in the item"
    return f"Type mismatch for key {name} expected: {wanted} actual: {found}"


class Ordered:
    """Keys of items, sorted within partitions."""

    def __init__(self) -> None:
        self._partitions: dict[Any, list[Key]] = {}

    def add(self, partition: Any, position: Key) -> None:
        insort(self._partitions.setdefault(partition, []), position)

    def remove(self, partition: Any, position: Key) -> None:
        positions = self._partitions[partition]
        del positions[bisect_left(positions, position)]
        if not positions:
            del self._partitions[partition]

    def span(
        self, partition: Any, low: Key | None, high: Key | None, after: Key | None, *, forward: bool
    ) -> Iterator[Key]:
        """Positions from `low` to `high` (both included, by prefix) that come after one, in the order asked for."""
        positions: Sequence[Key] = self._partitions.get(partition, ())
        start = 0 if low is None else bisect_left(positions, low)
        end = len(positions) if high is None else bisect_right(positions, high, key=lambda one: one[: len(high)])
        if after is not None and forward:
            start = max(start, bisect_right(positions, after))
        elif after is not None:
            end = min(end, bisect_left(positions, after))
        places = range(start, end) if forward else range(end - 1, start - 1, -1)
        return (positions[place] for place in places)

    def partitions(self) -> Iterator[Any]:
        return iter(sorted(self._partitions))

    def first(self, partition: Any) -> Key | None:
        positions = self._partitions.get(partition)
        return positions[0] if positions else None


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an item stands in an index, and what the index shows of it."""

    partition: Any
    position: Key
    item: Item


class Index:
    """A global secondary index: sparse, and behind its table by as much as is asked for."""

    def __init__(self, definition: Mapping[str, Any], table: KeySchema, types: Mapping[str, str]) -> None:
        self.name: str = definition["IndexName"]
        self.keys = KeySchema.of(definition, types)
        self.order = Ordered()
        self._table = table
        self._projection: str = definition["Projection"]["ProjectionType"]
        self._shown = {*table.names, *self.keys.names, *definition["Projection"].get("NonKeyAttributes", ())}
        self._entries: dict[Key, Entry] = {}
        self._latest: dict[Key, Entry] = {}
        self._pending: deque[tuple[Key, Entry | None]] = deque()

    def check(self, item: Item) -> None:
        """Raises InvalidValueError if DynamoDB refuses the item for its index keys."""
        for name in self.keys.names:
            if name in item:
                self.keys.check(name, item[name], index=self.name)

    def change(self, key: Key, before: Item | None, item: Item | None) -> None:
        """Note what the item is now; it shows once the index has caught up."""
        if before is not None and item is not None and self._shows_the_same(before, item):
            return
        entry = self._entry(key, item) if item is not None else None
        if entry == self._latest.get(key):
            return
        if entry is None:
            del self._latest[key]
        else:
            self._latest[key] = entry
        self._pending.append((key, entry))
        if len(self._pending) > _MOST_PENDING:
            self.catch_up(_MOST_PENDING // 2)

    def catch_up(self, behind: int = 0) -> None:
        """Show everything but the last `behind` changes."""
        while len(self._pending) > behind:
            key, entry = self._pending.popleft()
            before = self._entries.pop(key, None)
            if before is not None:
                self.order.remove(before.partition, before.position)
            if entry is not None:
                self._entries[key] = entry
                self.order.add(entry.partition, entry.position)

    @property
    def pending(self) -> int:
        return len(self._pending)

    def shown(self, position: Key) -> Item:
        return self._entries[position[-len(self._table.names) :]].item

    def _shows_the_same(self, before: Item, item: Item) -> bool:
        """Whether it surely does: an update leaves the attributes alone that it does not change."""
        return self._projection != "ALL" and all(before.get(name) is item.get(name) for name in self._shown)

    def _entry(self, key: Key, item: Item) -> Entry | None:
        values = [item.get(name) for name in self.keys.names]
        if any(value is None for value in values):
            return None
        plain = [comparable(value) for value in values if value is not None]
        kept = item if self._projection == "ALL" else {name: item[name] for name in self._shown_order(item)}
        return Entry(plain[0], (*plain[1:], *key), kept)

    def _shown_order(self, item: Item) -> Iterator[str]:
        return (name for name in item if name in self._shown)


class Table:
    """Items by key. A stored item is never changed in place, so that streams and indexes may refer to it."""

    def __init__(self, name: str, definition: Mapping[str, Any]) -> None:
        types = {one["AttributeName"]: one["AttributeType"] for one in definition["AttributeDefinitions"]}
        self.name = name
        self.keys = KeySchema.of(definition, types)
        self.indexes = {
            index["IndexName"]: Index(index, self.keys, types) for index in definition.get("GlobalSecondaryIndexes", ())
        }
        self.streams_view: str | None = definition.get("StreamSpecification", {}).get("StreamViewType")
        self.order = Ordered()
        self.watchers: list[Watcher] = []
        self._items: dict[Key, tuple[Item, int]] = {}
        self._before: dict[Key, Item | None] = {}

    def __len__(self) -> int:
        return len(self._items)

    def key_of(self, key: Mapping[str, AttributeValue]) -> Key:
        """A key as it was sent, checked. Raises InvalidValueError."""
        if key.keys() != self.keys.types.keys():
            raise InvalidValueError("The provided key element does not match the schema")
        for name in self.keys.names:
            if self.keys.types[name] not in key[name]:
                raise InvalidValueError("The provided key element does not match the schema")
            self.keys.check(name, key[name])
        return tuple(comparable(key[name]) for name in self.keys.names)

    def key_in(self, item: Item) -> Key:
        """The key of an item that is to be stored, checked. Raises InvalidValueError."""
        for name in self.keys.names:
            self.keys.check(name, item.get(name))
        return tuple(comparable(item[name]) for name in self.keys.names)

    def key_attributes(self, item: Item) -> Item:
        return {name: item[name] for name in self.keys.names}

    def get(self, key: Key) -> Item | None:
        found = self._items.get(key)
        return None if found is None else found[0]

    def get_before(self, key: Key) -> Item | None:
        """The item as it was before its last change: what a read that is not consistent may still see."""
        return self._before[key] if key in self._before else self.get(key)

    def size(self, key: Key) -> int:
        return self._items[key][1]

    def items(self) -> Iterator[tuple[Key, Item]]:
        """In the order in which they were stored first."""
        return ((key, item) for key, (item, _) in self._items.items())

    def check(self, item: Item, size: int) -> None:
        """Raises InvalidValueError if it cannot be stored."""
        if size > MOST_ITEM_BYTES:
            raise InvalidValueError("Item size has exceeded the maximum allowed size")
        for index in self.indexes.values():
            index.check(item)

    def store(self, key: Key, item: Item | None, size: int = 0) -> None:
        """Put the item, or remove what is there; every watcher is called."""
        before = self.get(key)
        if item is None:
            if before is None:
                return
            del self._items[key]
            self.order.remove(key[0], key[1:])
        else:
            if before is None:
                self.order.add(key[0], key[1:])
            self._items[key] = (item, size)
        self._remember(key, before)
        for index in self.indexes.values():
            index.change(key, before, item)
        for watcher in self.watchers:
            watcher(self, key, before, item)

    def show(self, item: Item) -> Item:
        return copied(item)

    def _remember(self, key: Key, before: Item | None) -> None:
        self._before.pop(key, None)
        self._before[key] = before
        if len(self._before) > 100:
            del self._before[next(iter(self._before))]
