"""Currencies: minor units as Stripe defines them, not as ISO 4217 does."""

import pytest
from paystream.model.currency import SUPPORTED, THREE_DECIMAL, WHOLE_UNITS_ONLY, ZERO_DECIMAL, decimals, smallest_step


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


def test_a_step_is_a_whole_number_of_the_units_that_exist_in_life() -> None:
    assert {smallest_step(currency) for currency in SUPPORTED} == {1, 10, 100}
    assert all(10 ** decimals(currency) % smallest_step(currency) == 0 for currency in SUPPORTED)
