"""Figures as JSON. Lago has nothing of the kind: the words are ours, the amounts are in minor units as everywhere."""

from typing import Any

from paystream.lago.timestamps import timestamp
from paystream.model.figures import Measures, Way
from paystream.model.figures_report import FiguresOfCurrency, FiguresOfPeriod, Open

MEASURES = (
    "invoiced_cents",
    "invoices",
    "collected_cents",
    "payments",
    "by_hand_cents",
    "payments_by_hand",
    "failed_cents",
    "failures",
    "refunded_cents",
    "refunds",
    "disputed_cents",
    "disputes",
)


def figures_object(figures: FiguresOfPeriod) -> dict[str, Any]:
    """The figures of a period: days, totals, and what is open now."""
    return {
        "from": figures.first.isoformat(),
        "to": figures.last.isoformat(),
        "counted_until": timestamp(figures.counted_until) if figures.counted_until else None,
        "currencies": [_of_currency(one) for one in figures.currencies],
    }


def _of_currency(figures: FiguresOfCurrency) -> dict[str, Any]:
    took = figures.time_to_payment
    return {
        "currency": figures.currency,
        "days": [{"date": day.isoformat(), **_measures(measures)} for day, measures in figures.days.items()],
        "totals": _measures(figures.totals),
        "open_by_age": [
            {"from_days": one.from_days, "to_days": one.to_days, **_open(one.open)} for one in figures.open_by_age
        ],
        "overdue": _open(figures.overdue),
        "success_rate_of_attempts": figures.success_rate_of_attempts,
        "success_rate_of_invoices": figures.success_rate_of_invoices,
        "time_to_payment_seconds": {"median": took.median, "p90": took.p90} if took else None,
    }


def _measures(measures: Measures) -> dict[str, Any]:
    recovered = {
        way.value: {
            "invoices": measures.get(f"recovered_by_{way.value}", 0),
            "amount_cents": measures.get(f"recovered_by_{way.value}_cents", 0),
        }
        for way in Way
    }
    return {**{name: measures.get(name, 0) for name in MEASURES}, "recovered": recovered}


def _open(found: Open) -> dict[str, int]:
    return {"invoices": found.invoices, "amount_cents": found.amount_cents}
