"""The fields of what Stripe sends: read in types that can be kept, or not at all."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from paystream.adapters.stripe import fields
from paystream.errors import UnreadableObjectError

NO_TEXTS: list[Any] = [None, "", 1, 1.5, True, [], {}, {"id": "x"}]
NO_WHOLES: list[Any] = [None, "1", 1.5, True, [], {}, 10**18, -(10**18), float("inf"), float("nan")]


@pytest.mark.parametrize("value", NO_TEXTS)
def test_what_is_no_text_is_none(value: object) -> None:
    assert fields.text({"name": value}, "name") is None


@pytest.mark.parametrize(
    ("value", "read"), [("a", "a"), ("x" * 6_000, "x" * 5_000), ("\ud83d!", "?!"), ("日本", "日本")]
)
def test_text_is_cut_and_cleaned(value: str, read: str) -> None:
    assert fields.text({"name": value}, "name") == read


@pytest.mark.parametrize("value", NO_WHOLES)
def test_what_is_no_whole_number_is_none(value: object) -> None:
    assert fields.whole({"amount": value}, "amount") is None


@pytest.mark.parametrize(("value", "read"), [(0, 0), (-5, -5), (4200, 4200), (4200.0, 4200), (10**18 - 1, 10**18 - 1)])
def test_a_whole_number_is_read_however_it_is_written(value: float, read: int) -> None:
    found = fields.whole({"amount": value}, "amount")

    assert (found, type(found)) == (read, int)


@pytest.mark.parametrize("value", [*NO_WHOLES, 10**17])
def test_what_is_no_time_is_none(value: object) -> None:
    assert fields.time({"created": value}, "created") is None


def test_a_time_is_in_utc() -> None:
    assert fields.time({"created": 0}, "created") == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "read"), [("cus_1", "cus_1"), ({"id": "cus_1"}, "cus_1"), ({"id": None}, None), (None, None), (3, None)]
)
def test_another_object_is_known_by_its_id_be_it_expanded_or_not(value: object, read: str | None) -> None:
    assert fields.reference({"customer": value}, "customer") == read


def test_only_texts_of_metadata_are_read() -> None:
    assert fields.texts({"metadata": {"a": "b", "c": 1, "d": None}}, "metadata") == {"a": "b"}
    assert fields.texts({"metadata": None}, "metadata") == {}


@pytest.mark.parametrize("needed", [fields.needed_text, fields.needed_whole, fields.needed_time])
@pytest.mark.parametrize(("found", "object_id"), [({"id": "pi_1"}, "pi_1"), ({}, None), ({"id": "a b@c"}, None)])
def test_what_must_be_there_is_missed_by_name_and_no_odd_id_is_repeated(
    needed: Any, found: dict[str, Any], object_id: str | None
) -> None:
    with pytest.raises(UnreadableObjectError) as missed:
        needed(found, "wanted")

    assert (missed.value.object_id, missed.value.field) == (object_id, "wanted")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (0.35, Decimal("0.35")),
        (Decimal("0.35"), Decimal("0.35")),
        (2.0, 2),
        (10**18 - 1, 10**18 - 1),
        (10**18, str(10**18)),
        (1e300, "1e+300"),
        (1e-300, "1e-300"),
        (float("nan"), "nan"),
        ((1, "a"), [1, "a"]),
        (None, None),
        (True, True),
        ({"": 1, "a": {}}, {"a": {}}),
    ],
)
def test_an_object_is_kept_as_the_store_can(value: object, kept: object) -> None:
    assert fields.kept_whole({"next_action": {"it": value}}, "next_action") == {"it": kept}


@pytest.mark.parametrize("nothing", [None, {}, [], "x", 3])
def test_an_object_that_is_none_is_not_kept(nothing: object) -> None:
    assert fields.kept_whole({"next_action": nothing}, "next_action") is None


def _read(one: fields.Object) -> str:
    return fields.needed_text(one, "status")


def test_a_list_says_what_can_be_read() -> None:
    listed = [{"status": "a"}, {}, {"status": "b"}]

    assert fields.readable(listed, _read, lambda _: False) == ["a", "b"]


def test_one_of_ours_that_cannot_be_read_is_not_taken_for_absent() -> None:
    with pytest.raises(UnreadableObjectError):
        fields.readable([{"status": "a"}, {"id": "pi_1"}], _read, lambda one: one.get("id") == "pi_1")


@pytest.mark.parametrize(("value", "found"), [(True, True), (False, False), (1, None), ("true", None), (None, None)])
def test_a_flag_is_true_or_false_and_nothing_else(value: object, found: bool | None) -> None:
    assert fields.flag({"charges_enabled": value}, "charges_enabled") is found
