"""Which invoices of a list are wanted."""

from datetime import date
from typing import Any

import pytest
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
