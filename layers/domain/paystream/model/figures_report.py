"""The figures of a period in one currency, put together from their rows. Amounts are in minor units."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from paystream.model.figures import PAID_AFTER, Counted, Measures, Row, RowKind, summed

AGES = ((0, 0), (1, 7), (8, 30), (31, 60), (61, 90), (91, None))
"""In days, from and to, those included."""

_PERCENT_OF_P90 = 90


class Open(NamedTuple):
    """Invoices that are owed, and what is still owed of them."""

    invoices: int = 0
    amount_cents: int = 0


class OfAge(NamedTuple):
    """What is open and was made so many days ago; `to_days` is None where there is no end."""

    from_days: int
    to_days: int | None
    open: Open


class TimeToPayment(NamedTuple):
    """From when an invoice was made until it was paid, in seconds, to an eighth."""

    median: int
    p90: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresOfCurrency:
    """`days` has each day of the period. `open_by_age` and `overdue` are as of now, whatever the period is."""

    currency: str
    days: Mapping[date, Measures]
    totals: Measures
    open_by_age: tuple[OfAge, ...]
    overdue: Open

    @property
    def success_rate_of_attempts(self) -> float | None:
        """Of the attempts that ended in the period; None if there was none."""
        succeeded = self.totals.get("payments", 0) - self.totals.get("payments_by_hand", 0)
        return _rate(succeeded, self.totals.get("failures", 0))

    @property
    def success_rate_of_invoices(self) -> float | None:
        """Of the invoices that were made in the period, and are paid or have failed by now; None if there is none."""
        return _rate(self.totals.get("invoices_succeeded", 0), self.totals.get("invoices_failed", 0))

    @property
    def time_to_payment(self) -> TimeToPayment | None:
        """Of the invoices that were paid in the period; None if there was none."""
        numbers = {
            int(name.removeprefix(PAID_AFTER)): n for name, n in self.totals.items() if name.startswith(PAID_AFTER)
        }
        if sum(numbers.values()) <= 0:
            return None
        return TimeToPayment(_percentile(numbers, 50), _percentile(numbers, _PERCENT_OF_P90))


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresOfPeriod:
    """From one day to another, those included, in each currency of which there is anything. `counted_until` is when the
    newest change was made that is counted; None if nothing was counted yet.
    """

    first: date
    last: date
    counted_until: datetime | None
    currencies: tuple[FiguresOfCurrency, ...]


def figures_of(
    parts: Iterable[tuple[Row, Measures]], *, first: date, last: date, today: date
) -> tuple[FiguresOfCurrency, ...]:
    """The figures of each currency of which there are any, by their code; parts of a row add up."""
    rows = summed((row, name, number) for row, measures in parts for name, number in measures.items())
    currencies = sorted({row.currency for row in rows})
    return tuple(_of_currency(currency, rows, first, last, today) for currency in currencies)


def _of_currency(currency: str, all_rows: Counted, first: date, last: date, today: date) -> FiguresOfCurrency:
    rows = {row: measures for row, measures in all_rows.items() if row.currency == currency}
    days = {day: rows.get(Row(RowKind.DAY, day, currency), {}) for day in _days(first, (last - first).days + 1)}
    ages = {(today - row.day).days: _open(measures) for row, measures in rows.items() if row.kind is RowKind.OPEN}
    due = [_open(measures) for row, measures in rows.items() if row.kind is RowKind.DUE and row.day < today]
    return FiguresOfCurrency(
        currency=currency, days=days, totals=_totals(days.values()), open_by_age=_by_age(ages), overdue=_together(due)
    )


def _totals(days: Iterable[Measures]) -> Measures:
    totals: Counter[str] = Counter()
    for measures in days:
        totals.update(measures)
    return totals


def _days(first: date, number: int) -> Iterable[date]:
    return (first + timedelta(days=days) for days in range(number))


def _by_age(ages: Mapping[int, Open]) -> tuple[OfAge, ...]:
    """What was made after today, by another clock, is as young as can be."""
    found = []
    for youngest, oldest in AGES:
        theirs = (one for age, one in ages.items() if youngest <= max(age, 0) <= (age if oldest is None else oldest))
        found.append(OfAge(youngest, oldest, _together(theirs)))
    return tuple(found)


def _open(measures: Mapping[str, int]) -> Open:
    return Open(measures.get("invoices", 0), measures.get("amount_cents", 0))


def _together(several: Iterable[Open]) -> Open:
    known = tuple(several)
    return Open(sum(one.invoices for one in known), sum(one.amount_cents for one in known))


def _rate(succeeded: int, failed: int) -> float | None:
    return round(succeeded / (succeeded + failed), 4) if succeeded + failed else None


def _percentile(numbers: Mapping[int, int], percent: int) -> int:
    """The smallest of them that is not below so many of all."""
    needed = -(-sum(numbers.values()) * percent // 100)
    for seconds, number in sorted(numbers.items()):
        needed -= number
        if needed <= 0:
            return seconds
    return max(numbers)
