"""The figures of a period, put together from parts of rows."""

from datetime import date, timedelta

import pytest
from paystream.model.figures import Row, RowKind
from paystream.model.figures_report import FiguresOfCurrency, Open, TimeToPayment, figures_of

TODAY = date(2026, 11, 23)
TODAYS = Row(RowKind.DAY, TODAY, "EUR")


def of_two_days(*parts: tuple[Row, dict[str, int]]) -> tuple[FiguresOfCurrency, ...]:
    return figures_of(parts, first=TODAY - timedelta(days=1), last=TODAY, today=TODAY)


def only(*parts: tuple[Row, dict[str, int]]) -> FiguresOfCurrency:
    (found,) = of_two_days(*parts)
    return found


def days_ago(kind: RowKind, days: int) -> Row:
    return Row(kind, TODAY - timedelta(days=days), "EUR")


def test_parts_of_a_row_add_up_and_each_day_is_there() -> None:
    found = only((TODAYS, {"payments": 2, "failures": 1}), (TODAYS, {"payments": 3}))

    assert found.days == {TODAY - timedelta(days=1): {}, TODAY: {"payments": 5, "failures": 1}}
    assert found.totals == {"payments": 5, "failures": 1}


def test_a_currency_of_which_nothing_is_left_is_not_there() -> None:
    usd = Row(RowKind.OPEN, TODAY, "USD")

    assert of_two_days((usd, {"invoices": 1}), (usd, {"invoices": -1})) == ()
    assert [one.currency for one in of_two_days((usd, {"invoices": 1}), (TODAYS, {"payments": 1}))] == ["EUR", "USD"]


@pytest.mark.parametrize(
    ("days", "position"), [(-1, 0), (0, 0), (1, 1), (7, 1), (8, 2), (30, 2), (31, 3), (90, 4), (91, 5), (4000, 5)]
)
def test_what_is_open_has_an_age(days: int, position: int) -> None:
    ages = only((days_ago(RowKind.OPEN, days), {"invoices": 2, "amount_cents": 500})).open_by_age

    assert [one.open for one in ages] == [Open(2, 500) if number == position else Open() for number in range(6)]


@pytest.mark.parametrize(("days", "overdue"), [(-1, Open()), (0, Open()), (1, Open(1, 300)), (400, Open(1, 300))])
def test_what_was_to_be_paid_before_today_is_overdue(days: int, overdue: Open) -> None:
    assert only((days_ago(RowKind.DUE, days), {"invoices": 1, "amount_cents": 300})).overdue == overdue


def test_rates_leave_out_what_came_by_hand_and_what_has_no_end() -> None:
    found = only((TODAYS, {"payments": 4, "payments_by_hand": 1, "failures": 1, "invoices_failed": 2, "invoices": 9}))

    assert (found.success_rate_of_attempts, found.success_rate_of_invoices) == (0.75, 0.0)


def test_without_any_end_there_is_no_rate_and_no_time() -> None:
    found = only((TODAYS, {"invoices": 1}))

    assert (found.success_rate_of_attempts, found.success_rate_of_invoices, found.time_to_payment) == (None, None, None)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({7: 1}, TimeToPayment(7, 7)),
        ({1: 5, 100: 5}, TimeToPayment(1, 100)),
        ({1: 9, 100: 1}, TimeToPayment(1, 1)),
        ({1: 4, 60: 5, 100: 1}, TimeToPayment(60, 60)),
    ],
)
def test_the_time_to_payment_is_that_of_half_and_of_nine_in_ten(
    numbers: dict[int, int], expected: TimeToPayment
) -> None:
    assert only((TODAYS, {f"paid_after_{seconds}": n for seconds, n in numbers.items()})).time_to_payment == expected
