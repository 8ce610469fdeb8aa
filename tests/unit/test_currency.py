"""Currencies: minor units as Stripe defines them, not as ISO 4217 does."""

import pytest
from paystream.model.currency import (
    LARGEST_AMOUNT,
    SUPPORTED,
    THREE_DECIMAL,
    WHOLE_UNITS_ONLY,
    ZERO_DECIMAL,
    decimals,
    minimum_amount,
    smallest_step,
)


@pytest.mark.parametrize(
    ("currency", "digits", "step"),
    [
        ("EUR", 2, 1),
        ("USD", 2, 1),
        ("JPY", 0, 1),
        ("KRW", 0, 1),
        ("BHD", 3, 10),
        ("KWD", 3, 10),
        ("ISK", 2, 100),
        ("UGX", 2, 100),
        ("HUF", 2, 1),
        ("TWD", 2, 1),
    ],
)
def test_a_currency_has_its_digits_and_its_smallest_step(currency: str, digits: int, step: int) -> None:
    assert (decimals(currency), smallest_step(currency)) == (digits, step)


def test_a_currency_is_of_one_kind() -> None:
    kinds = [ZERO_DECIMAL, THREE_DECIMAL, WHOLE_UNITS_ONLY]

    assert len(frozenset().union(*kinds)) == sum(len(kind) for kind in kinds)
    assert frozenset().union(*kinds) < SUPPORTED


def test_all_currencies_are_written_as_iso_4217_does() -> None:
    assert all(len(currency) == 3 and currency.isascii() and currency.isupper() for currency in SUPPORTED)


@pytest.mark.parametrize(
    ("minimum", "currencies"),
    [
        (1, "BHD ISK XOF"),
        (30, "GBP"),
        (50, "ARS AUD BRL CAD CHF COP EUR IDR ILS INR JPY KRW NZD PHP RUB SGD USD ZAR"),
        (200, "AED MYR PLN RON"),
        (250, "DKK"),
        (300, "NOK SEK"),
        (400, "HKD"),
        (1000, "MXN THB"),
        (1500, "CZK"),
        (17500, "HUF"),
    ],
)
def test_a_currency_has_stripes_minimum(minimum: int, currencies: str) -> None:
    assert {minimum_amount(currency) for currency in currencies.split()} == {minimum}


def test_an_amount_has_twelve_digits_at_most() -> None:
    assert LARGEST_AMOUNT == 999_999_999_999


def test_a_step_is_a_whole_number_of_the_units_that_exist_in_life() -> None:
    assert {smallest_step(currency) for currency in SUPPORTED} == {1, 10, 100}
    assert all(10 ** decimals(currency) % smallest_step(currency) == 0 for currency in SUPPORTED)
