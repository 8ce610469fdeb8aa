"""Dataclasses to DynamoDB's items and back, by their type hints.

Absent is absent: a field that is None is not stored. Times are stored in UTC to the millisecond, so that they sort as
text.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

_serialize: Callable[[Any], Any] = TypeSerializer().serialize
_deserialize: Callable[[Any], Any] = TypeDeserializer().deserialize

_STORED_AS_THEY_ARE = frozenset({str, int, bool, NoneType})
_MOST_DIGITS = 38
"""https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html"""
_BEYOND_ALL_NUMBERS = 10**_MOST_DIGITS

R = TypeVar("R")


def to_item(record: Any, **more: str | None) -> dict[str, Any]:
    """The item of a dataclass, with more attributes (keys of indexes) besides."""
    return attribute_values(plain(record) | {name: value for name, value in more.items() if value is not None})


def attribute_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB's typed form of plain values."""
    return {name: _attribute_value(value) for name, value in values.items()}


def plain_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values of an item or of a stream's image; whole numbers become int, others stay Decimal."""
    return {name: _plain_value(value) for name, value in item.items()}


def typed_as_read(values: Mapping[str, Any]) -> dict[str, Any]:
    """DynamoDB's typed form of what `plain_item` has read, numbers with more zeros than it takes digits included."""
    return attribute_values({name: _with_exponent(value) for name, value in values.items()})


def _with_exponent(value: Any) -> Any:
    kind = type(value)
    if kind is dict:
        return {name: _with_exponent(entry) for name, entry in value.items()}
    if kind is list:
        return [_with_exponent(entry) for entry in value]
    if kind is not int or -_BEYOND_ALL_NUMBERS < value < _BEYOND_ALL_NUMBERS:
        return value
    text = str(value)
    digits = text.rstrip("0")
    return Decimal(f"{digits}E{len(text) - len(digits)}")


def from_item(record_type: type[R], item: Mapping[str, Any]) -> R:
    """The dataclass that was stored. Attributes it does not have are left out. Raises TypeError or ValueError for what
    is of another type.
    """
    readers = _readers(cast("Any", record_type))
    fields_: dict[str, Any] = {}
    for attribute, value in item.items():
        if attribute in readers:
            name, read = readers[attribute]
            fields_[name] = read(value["S"] if "S" in value else _plain_value(value))
    for name, flat_type in _flat_types(cast("Any", record_type)).items():
        fields_[name] = from_item(flat_type, item)
    return record_type(**fields_)


def plain(value: Any) -> Any:
    """A value as it is stored: times as text, records as maps without what is None."""
    if type(value) in _STORED_AS_THEY_ARE:
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return _plain_record(value)
    return [plain(entry) for entry in value] if isinstance(value, list | tuple) else value


def _plain_record(record: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    record_type = cast("Any", type(record))
    flat = _flat_types(record_type)
    for name, attribute in _attributes(record_type).items():
        content = getattr(record, name)
        if name in flat:
            values |= plain(content)
        elif content is not None:
            values[attribute] = content if type(content) in _STORED_AS_THEY_ARE else plain(content)
    return values


def _attribute_value(value: Any) -> dict[str, Any]:
    """As boto3 has it, whose own way there takes several times as long; it still does what is rare."""
    kind = type(value)
    if kind is str:
        return {"S": value}
    if kind is bool:
        return {"BOOL": value}
    if kind is int and -_BEYOND_ALL_NUMBERS < value < _BEYOND_ALL_NUMBERS:
        return {"N": str(value)}
    if kind is dict:
        return {"M": attribute_values(value)}
    if kind is list:
        return {"L": [_attribute_value(entry) for entry in value]}
    rare: dict[str, Any] = _serialize(value)
    return rare


def _plain_value(value: Mapping[str, Any]) -> Any:
    """As boto3 has it, but for whole numbers; what is rare is left to boto3."""
    if "S" in value:
        return value["S"]
    if "N" in value:
        return _number(value["N"])
    if "M" in value:
        return plain_item(value["M"])
    if "L" in value:
        return [_plain_value(entry) for entry in value["L"]]
    return value["BOOL"] if "BOOL" in value else _deserialize(value)


def _number(text: str) -> int | Decimal:
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return int(text)
    if len(text) > _MOST_DIGITS and text.lstrip("-").isdigit():
        # DynamoDB writes a large number out in full, and boto3 counts the zeros at its end.
        digits = text.rstrip("0")
        text = f"{digits}E{len(text) - len(digits)}"
    exact: Decimal = _deserialize({"N": text})
    return int(exact) if exact == exact.to_integral_value() else exact


@cache
def _attributes(record_type: Any) -> dict[str, str]:
    """The attribute of each field. One that was renamed keeps its stored name in its metadata, as `stored_as`."""
    return {field.name: field.metadata.get("stored_as", field.name) for field in fields(record_type)}


@cache
def attribute_names(record_type: Any) -> tuple[str, ...]:
    """The attributes in which a dataclass is stored."""
    flat = _flat_types(record_type)
    own = [attribute for name, attribute in _attributes(record_type).items() if name not in flat]
    return (*own, *(name for one in flat.values() for name in attribute_names(one)))


@cache
def _flat_types(record_type: Any) -> dict[str, Any]:
    """The fields that are records whose fields are attributes of the item itself, because indexes need them there."""
    hints = get_type_hints(record_type)
    return {field.name: hints[field.name] for field in fields(record_type) if field.metadata.get("flat")}


@cache
def _readers(record_type: Any) -> dict[str, tuple[str, Callable[[Any], Any]]]:
    """By attribute: the field, and what makes of a stored value what the field holds."""
    flat, hints = _flat_types(record_type), get_type_hints(record_type)
    attributes = _attributes(record_type).items()
    return {attribute: (name, _reader(hints[name])) for name, attribute in attributes if name not in flat}


def _reader(hint: Any) -> Callable[[Any], Any]:
    if get_origin(hint) in (Union, UnionType):
        return _reader_if_any(next(choice for choice in get_args(hint) if choice is not NoneType))
    if get_origin(hint) is tuple:
        return _reader_of_several(get_args(hint)[0])
    if is_dataclass(hint):
        return lambda value: _record(hint, value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return _READERS_OF_TEXT.get(hint) or _plain_reader(get_origin(hint) or hint)


def _reader_if_any(hint: Any) -> Callable[[Any], Any]:
    read = _reader(hint)
    return lambda value: None if value is None else read(value)


def _reader_of_several(hint: Any) -> Callable[[Any], Any]:
    read = _reader(hint)
    return lambda value: tuple(read(entry) for entry in value)


def _record(record_type: Any, values: Mapping[str, Any]) -> Any:
    readers = _readers(record_type)
    known = ((*readers[attribute], value) for attribute, value in values.items() if attribute in readers)
    return record_type(**{name: read(value) for name, read, value in known})


def _time(value: Any) -> datetime:
    read = datetime.fromisoformat(value)
    if read.tzinfo is None:
        raise ValueError("a time without an offset")
    return read


_READERS_OF_TEXT: dict[Any, Callable[[Any], Any]] = {datetime: _time, date: date.fromisoformat}


def _plain_reader(plain_type: Any) -> Callable[[Any], Any]:
    """What is stored as it is, if it is of this type: a `bool` is no `int`."""

    def read(value: Any) -> Any:
        if type(value) is not plain_type:
            raise TypeError(f"a value that is no {plain_type.__name__}")
        return value

    return read if plain_type in (str, int, bool, dict) else lambda value: value
