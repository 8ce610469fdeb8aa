"""Which invoices of a list are wanted."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from builders.records import invoice_record
from paystream.model.invoice_filter import InvoiceFilter
from paystream.model.standing import InvoiceStatus, PaymentStatus

STORED = {
    "issuing_date": "2026-11-23",
    "total_amount_cents": 4200,
    "external_customer_id": "Acme",
    "status": "finalized",
    "currency": "EUR",
    "number": "INV-7",
    "lago_id": "0a1b",
}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"external_customer_id": "Acme"},
        {"payment_statuses": frozenset({PaymentStatus.FAILED})},
        {"statuses": frozenset({InvoiceStatus.FINALIZED})},
        {"issued_from": date(2026, 11, 23), "issued_to": date(2026, 11, 23)},
        {"amount_from": 4200, "amount_to": 4200},
        {"amount_from": 0, "amount_to": 9999},
        {"currency": "EUR"},
        {"search_term": "inv"},
        {"search_term": "A1B"},
        {"search_term": "aCmE"},
        {"search_term": ""},
    ],
)
def test_what_is_as_asked_for_is_wanted(asked: dict[str, Any]) -> None:
    assert InvoiceFilter(**asked).wants(STORED)


@pytest.mark.parametrize(
    "asked",
    [
        {"external_customer_id": "acme"},
        {"statuses": frozenset({InvoiceStatus.VOIDED})},
        {"statuses": frozenset()},
        {"issued_from": date(2026, 11, 24)},
        {"issued_to": date(2026, 11, 22)},
        {"amount_from": 4201},
        {"amount_to": 4199},
        {"amount_to": 0},
        {"currency": "USD"},
        {"search_term": "inv-8"},
        {"search_term": "EUR"},
        {"is_impossible": True},
    ],
)
def test_what_is_not_as_asked_for_is_not_wanted(asked: dict[str, Any]) -> None:
    assert not InvoiceFilter(**asked).wants(STORED)


def test_an_invoice_of_before_there_was_a_status_is_finalized() -> None:
    stored = {name: value for name, value in STORED.items() if name != "status"}

    assert InvoiceFilter(statuses=frozenset({InvoiceStatus.FINALIZED})).wants(stored)
    assert not InvoiceFilter(statuses=frozenset({InvoiceStatus.VOIDED})).wants(stored)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"external_customer_id": "acme"},
        {"payment_statuses": frozenset({PaymentStatus.PENDING})},
    ],
)
def test_a_whole_list_passes_nothing_over(asked: dict[str, Any]) -> None:
    assert InvoiceFilter(**asked).is_all


@pytest.mark.parametrize(
    "asked",
    [
        {"payment_statuses": frozenset({PaymentStatus.PENDING}), "external_customer_id": "acme"},
        {"payment_statuses": frozenset({PaymentStatus.PENDING, PaymentStatus.FAILED})},
        {"payment_statuses": frozenset()},
        {"currency": "EUR"},
        {"amount_from": 0},
        {"is_impossible": True},
    ],
)
def test_a_part_of_a_list_passes_something_over(asked: dict[str, Any]) -> None:
    assert not InvoiceFilter(**asked).is_all


AS_OF = datetime(2026, 11, 24, tzinfo=UTC)
OF_STATE = STORED | {"payment_status": "pending"}


@pytest.mark.parametrize(
    ("values", "is_overdue"),
    [
        ({}, True),
        ({"payment_status": "failed"}, True),
        ({"payment_status": "succeeded"}, False),
        ({"status": "voided"}, False),
        ({"problem": {"code": "invalid_item"}}, False),
        ({"payment_dispute_lost_at": "2026-11-24T10:00:00.000+00:00"}, False),
        ({"payment_due_date": "2026-11-23"}, True),
        ({"payment_due_date": "2026-11-24"}, False),
        ({"issuing_date": "2026-11-24"}, False),
        ({"issuing_date": "2026-11-24", "payment_due_date": "2026-11-23"}, True),
    ],
)
def test_what_is_overdue_is_unpaid_the_day_after_it_was_due(values: dict[str, Any], *, is_overdue: bool) -> None:
    for asked in (True, False):
        wanted = InvoiceFilter(is_overdue=asked, as_of=AS_OF)
        assert wanted.wants(OF_STATE | values) is (asked is is_overdue)


def test_what_says_no_status_is_not_voided() -> None:
    without = {name: value for name, value in OF_STATE.items() if name != "status"}

    assert InvoiceFilter(is_overdue=True, as_of=AS_OF).wants(without)


def test_the_state_is_asked_for_by_each_of_its_parts() -> None:
    assert not InvoiceFilter(currency="EUR").asks_for_state
    assert InvoiceFilter(is_overdue=False).asks_for_state
    assert InvoiceFilter(is_dispute_lost=False).asks_for_state
    assert InvoiceFilter(payment_statuses=frozenset({PaymentStatus.FAILED})).asks_for_state


def test_what_is_paid_is_not_looked_through_for_what_is_overdue() -> None:
    unpaid = frozenset({PaymentStatus.PENDING, PaymentStatus.FAILED})

    assert InvoiceFilter(is_overdue=True).possible_payment_statuses == unpaid
    assert InvoiceFilter(is_overdue=False).possible_payment_statuses == frozenset(PaymentStatus)


@pytest.mark.parametrize(
    ("asked", "still"),
    [
        ({}, True),
        ({"payment_statuses": frozenset({PaymentStatus.FAILED})}, False),
        ({"statuses": frozenset({InvoiceStatus.VOIDED})}, False),
        ({"is_overdue": True, "as_of": AS_OF}, True),
        ({"is_overdue": False, "as_of": AS_OF}, False),
        ({"is_dispute_lost": True}, False),
        ({"is_dispute_lost": False}, True),
    ],
)
def test_an_invoice_has_to_be_in_the_state_that_its_entry_said(asked: dict[str, Any], *, still: bool) -> None:
    assert InvoiceFilter(**asked).still_wants(invoice_record(issuing_date=date(2026, 11, 23))) is still
