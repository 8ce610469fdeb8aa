"""What is stored in DynamoDB comes back as it was."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paystream.adapters.dynamodb.items import attribute_values, from_item, plain_item, to_item
from paystream.model.api_key import ApiKey
from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.notification import Notification
from paystream.model.payment import Payment

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

words = st.text(st.characters(codec="utf-8"), max_size=20)
whole_numbers = st.integers(-(10**37), 10**37)
times = st.builds(
    lambda since, offset: (EPOCH + since).astimezone(timezone(offset)),
    st.integers(-(2**41), 2**42).map(lambda milliseconds: timedelta(milliseconds=milliseconds)),
    st.integers(-12, 14).map(lambda hours: timedelta(hours=hours)),
)
json_values = st.recursive(
    st.none() | st.booleans() | whole_numbers | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: words,
    int: whole_numbers,
    bool: st.booleans(),
    datetime: times,
    date: st.dates(),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field of a record."""
    if hint in BY_TYPE:
        return BY_TYPE[hint]
    if get_origin(hint) is UnionType:
        return st.one_of([st.none() if choice is type(None) else values_of(choice) for choice in get_args(hint)])
    if get_origin(hint) is tuple:
        return st.lists(values_of(get_args(hint)[0]), max_size=3).map(tuple)
    if get_origin(hint) is dict:
        return st.dictionaries(words, json_values, max_size=3)
    if is_dataclass(hint):
        return records_of(hint)
    assert issubclass(hint, Enum)
    return st.sampled_from(list(hint))


def records_of(record_type: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(record_type)
    return st.builds(record_type, **{field.name: values_of(hints[field.name]) for field in fields(record_type)})


@pytest.mark.parametrize("record_type", [ApiKey, Integration, Customer, Invoice, Payment, Notification])
def test_a_record_comes_back_as_it_was(record_type: Any) -> None:
    check: Callable[[], None] = given(records_of(record_type))(_comes_back)
    check()


def _comes_back(record: Any) -> None:
    assert from_item(type(record), to_item(record)) == record


@given(records_of(Notification))
def test_what_is_none_is_not_stored_and_what_is_unknown_is_not_read(notification: Notification) -> None:
    item = to_item(notification, keys_of_an_index="k", no_key=None)

    assert "no_key" not in item
    assert from_item(Notification, item) == notification


@given(st.lists(times, min_size=2))
def test_times_are_stored_in_utc_so_that_they_sort_as_text(several: list[datetime]) -> None:
    stored = [to_item(_at(time))["created_at"]["S"] for time in several]

    assert [datetime.fromisoformat(text) for text in sorted(stored)] == sorted(several)
    assert all(text.endswith("+00:00") for text in stored)


def _at(time: datetime) -> ApiKey:
    return ApiKey(organization_id="o", key_hash="h", name="n", last4="l", created_at=time)


def test_times_are_stored_to_the_millisecond() -> None:
    time = datetime(2026, 11, 23, 10, 0, 0, 123456, timezone(timedelta(hours=1)))

    stored = from_item(ApiKey, to_item(_at(time)))

    assert stored.created_at == datetime(2026, 11, 23, 9, 0, 0, 123000, UTC)


def test_whole_numbers_are_ints_and_others_stay_exact() -> None:
    values = {"whole": Decimal("42.0"), "exact": Decimal("0.1"), "inside": [{"whole": Decimal(1)}]}

    plain = plain_item(attribute_values(values))

    assert plain == {"whole": 42, "exact": Decimal("0.1"), "inside": [{"whole": 1}]}
    assert isinstance(plain["whole"], int)
    assert isinstance(plain["inside"][0]["whole"], int)
