"""Which items a query or a scan finds, and which of them are on one page.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.html
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_in_memory.errors import NotImitatedError

from .expressions import Condition, Parsed, Path, Scope, SortCondition
from .tables import Index, Key, KeySchema, Table
from .values import AttributeValue, InvalidValueError, Item, comparable, copied, copied_value, taken_value

_MOST_PAGE_BYTES = 1024 * 1024
_LAST = "\U0010ffff"


@dataclass(slots=True)
class Span:
    """A part of one partition: positions from `low` to `high`, both included, but for one."""

    partition: Any
    low: Key | None = None
    high: Key | None = None
    but: Key | None = None


@dataclass(slots=True)
class Reading:
    """What is read, and what is shown of it: `paths` is None for all attributes."""

    table: Table
    index: Index | None
    limit: int | None
    test: Condition | None
    names: Mapping[str, str]
    values: Mapping[str, AttributeValue]
    paths: Sequence[Path] | None

    @property
    def source(self) -> Table | Index:
        return self.index or self.table

    def queried(self, span: Span, after: Key | None, *, forward: bool) -> Iterator[tuple[Key, Key]]:
        """Positions and keys of what a query finds."""
        for position in self.source.order.span(span.partition, span.low, span.high, after, forward=forward):
            if position[:1] != span.but:
                yield position, self._key(span.partition, position)

    def scanned(self, start: tuple[Any, Key | None] | None) -> Iterator[tuple[Key, Key]]:
        """Positions and keys of all that comes after a partition and a position."""
        for partition in self.source.order.partitions():
            if start is not None and partition < start[0]:
                continue
            after = start[1] if start is not None and partition == start[0] else None
            for position in self.source.order.span(partition, None, None, after, forward=True):
                yield position, self._key(partition, position)

    def page(self, keys: Iterator[tuple[Key, Key]]) -> dict[str, Any]:
        """The answer. It has a last key if it ends because of the limit or of its size."""
        items: list[Item] = []
        scanned = size = 0
        for position, key in keys:
            item = self.table.get(key) if self.index is None else self.index.shown(position)
            if item is None:
                raise NotImitatedError(f"{self.table.name} lost an item while it was read")
            scanned += 1
            size += self.table.size(key) if self.index is None else 100
            if self.test is None or self.test(Scope(item, self.names, self.values)):
                items.append(shown(item, self.paths))
            if scanned == self.limit or size >= _MOST_PAGE_BYTES:
                names = dict.fromkeys((*self.table.keys.names, *self.source.keys.names))
                last = {name: copied_value(item[name]) for name in names}
                return {"Items": items, "Count": len(items), "ScannedCount": scanned, "LastEvaluatedKey": last}
        return {"Items": items, "Count": len(items), "ScannedCount": scanned}

    def _key(self, partition: Any, position: Key) -> Key:
        return (partition, *position) if self.index is None else position[-len(self.table.keys.names) :]


def shown(item: Item, paths: Sequence[Path] | None) -> Item:
    """A copy of the attributes that are asked for."""
    if paths is None:
        return copied(item)
    if any(len(path) > 1 for path in paths):
        raise NotImitatedError("a projection of nested attributes")
    return {name: copied_value(item[name]) for path in paths if (name := str(path[0])) in item}


_SPANS: dict[str, Callable[..., Span]] = {
    "=": lambda partition, value: Span(partition, (value,), (value,)),
    "<=": lambda partition, value: Span(partition, None, (value,)),
    "<": lambda partition, value: Span(partition, None, (value,), (value,)),
    ">=": lambda partition, value: Span(partition, (value,)),
    ">": lambda partition, value: Span(partition, (value,), None, (value,)),
    "BETWEEN": lambda partition, low, high: Span(partition, (low,), (high,)),
    "begins_with": lambda partition, prefix: Span(partition, (prefix,), (prefix + _LAST,)),
}


def span_of(parsed: Parsed, source: Table | Index, scope: Scope) -> Span:
    """What a key condition asks for. Raises InvalidValueError."""
    conditions: dict[str, SortCondition] = {}
    for one in parsed.content:
        ((name),) = scope.path(one.path)
        conditions[str(name)] = one
    keys = source.keys
    of_hash = conditions.pop(keys.hash, None)
    if of_hash is None or of_hash.operator != "=":
        raise InvalidValueError(f"Query condition missed key schema element: {keys.hash}")
    partition = _key_value(source, keys.hash, scope.value(of_hash.values[0]))
    if not conditions:
        return Span(partition)
    ((name, of_sort),) = conditions.items()
    if name != keys.sort:
        raise InvalidValueError(f"Query condition missed key schema element: {keys.sort}")
    values = [_key_value(source, name, scope.value(value)) for value in of_sort.values]
    return _SPANS[of_sort.operator](partition, *values)


def _key_value(source: Table | Index, name: str, value: AttributeValue) -> Any:
    wanted = source.keys.types[name]
    if wanted not in value:
        raise InvalidValueError(
            "One or more parameter values were invalid: Condition parameter type does not match schema type"
        )
    if wanted != "N" and not value[wanted]:
        raise InvalidValueError(
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
            f"empty string value. Key: {name}"
        )
    return comparable(value)


def start_of(start: Mapping[str, Any] | None, table: Table, index: Index | None, partition: Any) -> Key | None:
    """The position after which a page begins. Raises InvalidValueError."""
    if start is None:
        return None
    schemas = [table.keys, index.keys] if index else [table.keys]
    sent = _taken_start(start, schemas)
    if comparable(sent[(index or table).keys.hash]) != partition:
        raise InvalidValueError("The provided starting key is outside query boundaries based on provided conditions")
    own = tuple(comparable(sent[name]) for name in table.keys.names)
    if index is None:
        return own[1:]
    return (*(comparable(sent[name]) for name in index.keys.names[1:]), *own)


def _taken_start(start: Mapping[str, Any], schemas: Sequence[KeySchema]) -> Item:
    if start.keys() != {name for keys in schemas for name in keys.names}:
        raise InvalidValueError("The provided starting key is invalid")
    sent = {name: taken_value(value)[0] for name, value in start.items()}
    for keys in schemas:
        for name in keys.names:
            if keys.types[name] not in sent[name]:
                raise InvalidValueError("The provided starting key is invalid")
            keys.check(name, sent[name])
    return sent
