"""What is stored in DynamoDB comes back as it was."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import partial
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import example, given
from hypothesis import strategies as st
from paystream.adapters.dynamodb.items import attribute_names, attribute_values, from_item, plain_item, to_item
from paystream.model.api_key import ApiKey
from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.notification import Notification
from paystream.model.payment import Payment
from paystream.model.standing import (
    SHAPES,
    ContradictionError,
    InvoiceStatus,
    PaymentStatus,
    Stage,
    Standing,
    WaitingFor,
)

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
        return st.sampled_from(Stage).flatmap(standings_in) if hint is Standing else records_of(hint)
    assert issubclass(hint, Enum)
    return st.sampled_from(list(hint))


def standings_in(stage: Stage) -> st.SearchStrategy[Standing]:
    """What may be said of an invoice in this stage."""
    shape = SHAPES[stage]
    may_be = {
        "payment_status": st.sampled_from([shape.payment_status] if shape.payment_status else list(PaymentStatus)),
        "status": st.sampled_from(InvoiceStatus),
        "waiting_for": st.sampled_from([one for one in (None, *WaitingFor) if one in shape.waiting_for]),
    }
    others = {name: values_of(get_type_hints(Standing)[name]) for name in shape.needs | shape.allows}
    drawn = st.fixed_dictionaries(may_be, optional=others)
    return drawn.filter(partial(_is_one, stage)).map(lambda fields_: Standing(stage=stage, **fields_))


def _is_one(stage: Stage, drawn: dict[str, Any]) -> bool:
    try:
        Standing(stage=stage, **drawn)
    except ContradictionError:
        return False
    return True


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


@dataclass(frozen=True)
class Renamed:
    """A field whose name in the code has changed since it was stored for the first time."""

    name: str = field(metadata={"stored_as": "former_name"})


@dataclass(frozen=True)
class Holder:
    """A record that holds such records."""

    several: tuple[Renamed, ...]


def test_a_field_that_was_renamed_is_written_and_read_under_its_stored_name() -> None:
    assert to_item(Renamed("kept")) == {"former_name": {"S": "kept"}}
    assert attribute_names(Renamed) == ("former_name",)
    assert from_item(Renamed, {"former_name": {"S": "kept"}}) == Renamed("kept")
    assert from_item(Holder, to_item(Holder((Renamed("kept"),)))) == Holder((Renamed("kept"),))
    assert to_item(Holder((Renamed("kept"),))) == {"several": {"L": [{"M": {"former_name": {"S": "kept"}}}]}}


def test_a_payment_that_is_superseded_keeps_the_name_of_its_attribute() -> None:
    names = attribute_names(Payment)

    assert "gives_way" in names
    assert "is_superseded" not in names


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


numbers = whole_numbers | st.decimals(allow_nan=False, allow_infinity=False, places=4).filter(
    lambda number: abs(number) < 10**30
)
stored_values = st.recursive(
    st.none() | st.booleans() | numbers | words | st.binary(min_size=1) | st.sets(words, min_size=1),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@given(stored_values)
@example(10**38 - 1)
@example(-(10**38) + 1)
@example(Decimal("1E+40"))
@example(Decimal("-0"))
def test_values_are_typed_as_boto3_types_them(value: Any) -> None:
    assert attribute_values({"name": value}) == {"name": TypeSerializer().serialize(value)}


@pytest.mark.parametrize("value", [10**38, -(10**40) + 1, 0.5, Decimal("NaN"), Decimal("Infinity"), object()])
def test_what_boto3_does_not_store_is_not_stored(value: Any) -> None:
    theirs = _outcome(lambda: TypeSerializer().serialize(value))

    assert issubclass(theirs, Exception)
    assert _outcome(lambda: attribute_values({"name": [value]})) is theirs


@given(stored_values)
@example(10**38 - 1)
@example(-(10**38) + 1)
@example(Decimal("1E+40"))
@example(Decimal("-0"))
def test_values_are_read_as_boto3_reads_them(value: Any) -> None:
    stored = TypeSerializer().serialize(value)

    assert plain_item({"name": stored}) == {"name": TypeDeserializer().deserialize(stored)}


@pytest.mark.parametrize("number", ["1" * 39, "0.1", "-7", "1e2", "٣"])
def test_numbers_are_read_as_boto3_reads_them(number: str) -> None:
    assert _outcome(lambda: plain_item({"n": {"N": number}})["n"]) == _outcome(
        lambda: TypeDeserializer().deserialize({"N": number})
    )


@pytest.mark.parametrize("number", [10**40, -(10**125), 7 * 10**38])
def test_a_large_number_is_read_as_dynamodb_writes_it_out_in_full(number: int) -> None:
    assert plain_item({"n": {"N": str(number)}}) == {"n": number}


def _outcome(read: Callable[[], Any]) -> Any:
    """What is read, or of which type the error is."""
    try:
        return read()
    except (TypeError, ArithmeticError) as error:
        return type(error)
