"""Read the figures of a period, and what is open now."""

from datetime import date
from itertools import chain

from paystream.model.figures import RowKind
from paystream.model.figures_report import FiguresOfPeriod, figures_of
from paystream.ports.stores import Stores


def read_figures(
    organization_id: str, first: date, last: date, currency: str | None, *, stores: Stores, today: date
) -> FiguresOfPeriod:
    """The figures of an organization from one day to another, those included, in one currency or in each."""
    kept = stores.figures
    counted_until = kept.counted_until(organization_id)
    parts = chain(
        kept.rows(organization_id, RowKind.DAY, first, last),
        kept.rows(organization_id, RowKind.OPEN, date.min, date.max),
        kept.rows(organization_id, RowKind.DUE, date.min, today),
    )
    wanted = ((row, measures) for row, measures in parts if currency in (None, row.currency))
    return FiguresOfPeriod(
        first=first,
        last=last,
        counted_until=counted_until,
        currencies=figures_of(wanted, first=first, last=last, today=today),
    )
