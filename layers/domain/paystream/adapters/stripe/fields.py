"""The fields of what Stripe sends, in types that can be kept. What is absent, null or of another type is None; what
must be there raises UnreadableObjectError. Needs no Stripe library.

A newer version of Stripe's, or a payment method of a kind that is not known, may say something else than its
description: https://docs.stripe.com/api/versioning.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from math import isfinite
from typing import Any, TypeVar

from paystream.errors import UnreadableObjectError
from paystream.observability import count, logger

T = TypeVar("T")

Object = Mapping[str, Any]
"""One of Stripe's objects, as its JSON says it."""

_LONGEST_TEXT = 5_000
_LARGEST = 10**18
_ID = re.compile(r"[A-Za-z0-9_]{1,255}")
_DEEPEST = 20
_MOST_VALUES, _MOST_CHARACTERS = 1_000, 100_000
"""Of one object within another. DynamoDB takes 32 levels and 400 KB an item:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""
_SMALLEST_EXPONENT, _LARGEST_EXPONENT = -100, 100
"""DynamoDB takes numbers from 1E-130 to 9.9E+125."""


def text(of: Object, name: str) -> str | None:
    """What is not empty, cut to 5,000 characters. Half of a pair of surrogates, which is no text, becomes a `?`."""
    value = of.get(name)
    return _as_text(value) if isinstance(value, str) and value else None


def needed_text(of: Object, name: str) -> str:
    """Raises UnreadableObjectError."""
    return _needed(text(of, name), of, name)


def whole(of: Object, name: str) -> int | None:
    """A whole number, as amounts in minor units are."""
    value = of.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
        return None
    return int(value) if value == int(value) else None


def flag(of: Object, name: str) -> bool | None:
    """True or false."""
    value = of.get(name)
    return value if isinstance(value, bool) else None


def needed_whole(of: Object, name: str) -> int:
    """Raises UnreadableObjectError."""
    return _needed(whole(of, name), of, name)


def time(of: Object, name: str) -> datetime | None:
    """Stripe's times are whole seconds since 1970, UTC."""
    seconds = whole(of, name)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OSError, OverflowError, ValueError):
        return None


def needed_time(of: Object, name: str) -> datetime:
    """Raises UnreadableObjectError."""
    return _needed(time(of, name), of, name)


def reference(of: Object, name: str) -> str | None:
    """The id of another object, be it expanded or not: https://docs.stripe.com/api/expanding_objects."""
    value = of.get(name)
    return text(value, "id") if isinstance(value, Mapping) else text(of, name)


def part(of: Object, name: str) -> Object:
    """The object within the object; an empty one if there is none."""
    value = of.get(name)
    return value if isinstance(value, Mapping) else {}


def texts(of: Object, name: str) -> dict[str, str]:
    """The texts by their names, as in `metadata`."""
    return {key: _as_text(value) for key, value in part(of, name).items() if isinstance(value, str)}


def kept_whole(of: Object, name: str) -> dict[str, Any] | None:
    """An object within the object as DynamoDB can keep it: a fraction is a Decimal, and what is no number there is
    text. None if there is none, or if it is too large or too deep.
    """
    value = part(of, name)
    if not value:
        return None
    try:
        return _Kept(of, name).mapping(value, 0)
    except UnreadableObjectError as unreadable:
        put_aside(unreadable)
        return None


def readable(objects: Iterable[Object], read: Callable[[Object], T], is_ours: Callable[[Object], bool]) -> Sequence[T]:
    """What a list says, without what cannot be read. Raises UnreadableObjectError for one that bears a name of ours: it
    may be what is looked for, and nobody may take it for absent.
    """
    found: list[T] = []
    for one in objects:
        try:
            found.append(read(one))
        except UnreadableObjectError as unreadable:
            put_aside(unreadable)
            if is_ours(one):
                raise
    return found


def put_aside(unreadable: UnreadableObjectError, event_id: str | None = None) -> None:
    """Log which one it is, and the event that it came with, and nothing of what it says. Stripe keeps its events for 30
    days: https://docs.stripe.com/api/events
    """
    count("StripeObjectUnreadable")
    logger.warning(
        "an object of Stripe cannot be read", object_id=unreadable.object_id, field=unreadable.field, event_id=event_id
    )


def unreadable_field(of: Object, name: str) -> UnreadableObjectError:
    """The error of a field that says nothing that can be used."""
    found = of.get("id")
    is_id = isinstance(found, str) and _ID.fullmatch(found)
    return UnreadableObjectError(found if is_id else None, name)


def _needed(value: T | None, of: Object, name: str) -> T:
    if value is None:
        raise unreadable_field(of, name)
    return value


def _as_text(value: str) -> str:
    return value[:_LONGEST_TEXT].encode(errors="replace").decode()


class _Kept:
    """Makes the values of one object such that they can be kept; counts them, and what their texts have."""

    def __init__(self, of: Object, name: str) -> None:
        self._too_much = unreadable_field(of, name)
        self._left, self._characters_left = _MOST_VALUES, _MOST_CHARACTERS

    def mapping(self, values: Object, depth: int) -> dict[str, Any]:
        return {self._text(name): self.value(value, depth + 1) for name, value in values.items() if name}

    def value(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            raise self._too_much
        if isinstance(value, Mapping):
            return self.mapping(value, depth)
        if isinstance(value, list | tuple):
            return [self.value(entry, depth + 1) for entry in value]
        if isinstance(value, str):
            return self._text(value)
        if value is None or isinstance(value, bool):
            return value
        return _number(value)

    def _text(self, value: str) -> str:
        """Whole: half of a picture is none."""
        self._characters_left -= len(value)
        if self._characters_left < 0:
            raise self._too_much
        return value.encode(errors="replace").decode()


def _number(value: float | Decimal) -> int | Decimal | str:
    """The number as it is kept, or its text."""
    if isinstance(value, int):
        return value if abs(value) < _LARGEST else str(value)
    exact = Decimal(str(value))
    if not isfinite(exact) or not _SMALLEST_EXPONENT < exact.adjusted() < _LARGEST_EXPONENT:
        return str(value)
    return int(exact) if exact == exact.to_integral_value() and abs(exact) < _LARGEST else exact
