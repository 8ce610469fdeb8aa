"""docs/api/invoice-item.schema.json says what the code does with an item of the invoices table."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from invoice_item_schema import PATH, invoice_item_schema, text
from jsonschema import Draft202012Validator
from paystream.entry.invoice_item_input import invoice_from_item

SCHEMA = invoice_item_schema()
CONTRACT = Draft202012Validator(SCHEMA)
SEEN_AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
KEYS = {"organization_id": "0a1b2c3d-0000-4000-8000-000000000001", "lago_id": "7c1e"}

anything: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, "", "x", "x" * 256, "#1", 0, -1, 42, 10**12, Decimal("4.2"), [], [1], {}]
)
amounts = st.sampled_from([0, 1, 10, 50, 100, 4200, 999_999_999_999]) | anything
units = st.sampled_from([0, 1, Decimal("2.5"), 10**9, 10**9 + 1, "1", "2.5", "-1", "1e3", " 1", "1" * 9, "1" * 10])
fees = st.fixed_dictionaries(
    {"add_on_code": st.just("hours") | anything, "unit_amount_cents": amounts},
    optional={"units": units | anything, "name": anything, "description": anything | st.just("d" * 1025)},
)
entries = st.fixed_dictionaries(
    {"key": st.sampled_from(["order", "k" * 20, "k" * 21]) | anything}, optional={"value": st.just("8812") | anything}
)
times = st.sampled_from(
    ["2026-11-23T10:00:00Z", "2026-11-23T10:00:00.123456+05:45", "2026-11-23", "2026-11-23T10:00:00", "1763892000"]
)
items = st.fixed_dictionaries(
    {},
    optional={
        "external_customer_id": st.just("acme") | anything,
        "currency": st.sampled_from(["EUR", "JPY", "BHD", "ISK", "eur", "XXX"]) | anything,
        "total_amount_cents": amounts,
        "number": st.just("2026-0042") | anything,
        "fees": st.lists(fees, max_size=3) | anything,
        "metadata": st.lists(entries, max_size=6) | anything,
        "created_at": times | anything,
        "cost_center": anything,
    },
)
good_fees = st.fixed_dictionaries({"add_on_code": st.just("hours"), "unit_amount_cents": st.integers(0, 10**12)})
nearly_good_items = st.fixed_dictionaries(
    {"external_customer_id": st.just("acme"), "currency": st.sampled_from(["EUR", "JPY", "BHD", "ISK", "XXX"])},
    optional={"total_amount_cents": amounts, "fees": st.lists(good_fees, max_size=2), "created_at": times},
)


def test_the_file_is_what_the_model_says() -> None:
    assert PATH.read_text() == text(), "write it again: see tests/invoice_item_schema.py"


def test_it_is_a_json_schema_and_its_example_is_as_it_says() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    (item,) = SCHEMA["examples"]
    CONTRACT.validate(item)
    assert invoice_from_item(item, seen_at=SEEN_AT).problem is None


def test_every_property_is_explained() -> None:
    definitions = [SCHEMA, *SCHEMA["$defs"].values()]

    assert all(schema["description"] for definition in definitions for schema in definition["properties"].values())


@given(items | nearly_good_items)
@example({"external_customer_id": "acme", "currency": "EUR", "fees": []})
@example(
    {"external_customer_id": "acme", "currency": "EUR", "fees": [{"add_on_code": "a", "unit_amount_cents": 1}] * 101}
)
@example({"external_customer_id": "acme", "currency": "EUR", "total_amount_cents": None, "fees": []})
def test_schema_and_code_agree_on_what_is_an_item(attributes: dict[str, Any]) -> None:
    item = KEYS | attributes

    problem = invoice_from_item(item, seen_at=SEEN_AT).problem

    if problem is None:
        CONTRACT.validate(item)
    elif CONTRACT.is_valid(item):
        assert item["fees"], "JSON Schema cannot add, and nothing else is left to the code"
        assert [*problem.details] == ["total_amount_cents"]


@given(items)
def test_an_item_that_breaks_the_contract_is_parked_and_never_raises(attributes: dict[str, Any]) -> None:
    invoice = invoice_from_item(KEYS | attributes, seen_at=SEEN_AT)

    assert (invoice.organization_id, invoice.lago_id) == tuple(KEYS.values())
    if invoice.problem:
        assert invoice.due_at is None
        shown = {"external_customer_id", "number", "currency", "total_amount_cents"}
        assert invoice.rejected is not None
        kept = {name for name in shown if getattr(invoice, name) == attributes.get(name)}
        read = {"fees", "metadata", "created_at"} | shown
        assert (attributes.keys() & read) <= json.loads(invoice.rejected).keys() | kept
