"""Dataclasses to DynamoDB's items and back, by their type hints.

Absent is absent: a field that is None is not stored. Times are stored in UTC to the millisecond, so that they sort as
text.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

R = TypeVar("R")


def to_item(record: Any, **more: str | None) -> dict[str, Any]:
    """The item of a dataclass, with more attributes (keys of indexes) besides."""
    return attribute_values(plain(record) | {name: value for name, value in more.items() if value is not None})


def attribute_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB's typed form of plain values."""
    return {name: _serialize(value) for name, value in values.items()}


def plain_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values of an item or of a stream's image; whole numbers become int, others stay Decimal."""
    return {name: _whole(_deserialize(value)) for name, value in item.items()}


def from_item(record_type: type[R], item: Mapping[str, Any]) -> R:
    """The dataclass that was stored. Attributes it does not have are left out."""
    result: R = _record(record_type, plain_item(item))
    return result


def plain(value: Any) -> Any:
    """A value as it is stored: times as text, records as maps without what is None."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        pairs = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: plain(content) for name, content in pairs if content is not None}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return value


def _record(record_type: Any, values: Mapping[str, Any]) -> Any:
    hints = _hints(record_type)
    return record_type(**{name: _typed(hints[name], value) for name, value in values.items() if name in hints})


def _typed(hint: Any, value: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        hint = next(choice for choice in get_args(hint) if choice is not type(None))
    if get_origin(hint) is tuple:
        return tuple(_typed(get_args(hint)[0], entry) for entry in value)
    if is_dataclass(hint):
        return _record(hint, value)
    if hint in (datetime, date):
        return hint.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return value


def _whole(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value
    if isinstance(value, list):
        return [_whole(entry) for entry in value]
    if isinstance(value, dict):
        return {name: _whole(entry) for name, entry in value.items()}
    return value


@cache
def _hints(record_type: Any) -> dict[str, Any]:
    return get_type_hints(record_type)
