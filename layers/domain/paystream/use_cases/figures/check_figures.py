"""Hold the figures against what they are counted from, to the cent: a page of a table at a time.

Each invoice's marker must say what the invoice counts for, and the markers together what the rows say. Both hold at
once where nothing is being counted at the moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from paystream.model.figures import Entry, Row, entries_of, summed
from paystream.ports.figures import Kept
from paystream.ports.stores import Stores
from paystream.use_cases.figures.count_figures import MOST_INVOICES, read_anew


class Part(StrEnum):
    """What is held against what: the invoices against their markers, or the markers against the rows."""

    INVOICES = "invoices"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class MiscountedInvoice:
    """An invoice of which something else was counted than it counts for."""

    organization_id: str
    invoice_id: str


@dataclass(frozen=True, slots=True)
class RowDifference:
    """By how much the rows of a page say more than its markers; over all pages that must add up to 0."""

    organization_id: str
    row: Row
    measure: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPage:
    """What was found on a page, of how many entries, and what leads to the next one."""

    checked: int
    miscounted: tuple[MiscountedInvoice, ...] = ()
    differences: tuple[RowDifference, ...] = ()
    next_cursor: str | None


def check_figures(part: Part, *, stores: Stores, cursor: str | None) -> CheckedPage:
    """One page. Raises InvalidInputError for a cursor that is none."""
    if part is Part.INVOICES:
        invoices = stores.figures.invoices(cursor)
        found = tuple(_miscounted(invoices.records, stores))
        return CheckedPage(checked=len(invoices.records), miscounted=found, next_cursor=invoices.next_cursor)
    kept = stores.figures.kept(cursor)
    markers = [(one.marker.organization_id, one.marker.invoice_id) for one in kept.records if one.marker]
    return CheckedPage(
        checked=len(kept.records),
        miscounted=tuple(_gone(markers, stores)),
        differences=tuple(_differences(kept.records)),
        next_cursor=kept.next_cursor,
    )


def _miscounted(keys: Sequence[tuple[str, str]], stores: Stores) -> Iterable[MiscountedInvoice]:
    """What is being counted at the moment is read once more."""
    for organization_id, invoice_ids in _portions(keys):
        differ = _differing(organization_id, invoice_ids, stores)
        if differ:
            differ = _differing(organization_id, differ, stores)
        yield from (MiscountedInvoice(organization_id, invoice_id) for invoice_id in differ)


def _gone(keys: Sequence[tuple[str, str]], stores: Stores) -> Iterable[MiscountedInvoice]:
    """Markers of which something is counted though their invoice is not there: no page of invoices shows them."""
    for organization_id, invoice_ids in _portions(keys):
        there = {one.lago_id for one in stores.invoices.batch(organization_id, invoice_ids)}
        yield from _miscounted([(organization_id, one) for one in invoice_ids if one not in there], stores)


def _differing(organization_id: str, invoice_ids: Sequence[str], stores: Stores) -> list[str]:
    anew = read_anew(organization_id, invoice_ids, stores=stores)
    return [one.marker.invoice_id for one in anew if one.counted != one.marker.counted]


def _portions(keys: Sequence[tuple[str, str]]) -> Iterable[tuple[str, list[str]]]:
    for organization_id, group in groupby(sorted(keys), key=lambda key: key[0]):
        ids = [invoice_id for _, invoice_id in group]
        for start in range(0, len(ids), MOST_INVOICES):
            yield organization_id, ids[start : start + MOST_INVOICES]


def _differences(entries: Sequence[Kept]) -> Iterable[RowDifference]:
    for organization_id in sorted({one.organization_id for one in entries}):
        theirs = [one for one in entries if one.organization_id == organization_id]
        more = summed(entry for one in theirs for entry in _entries_of_kept(one))
        yield from (RowDifference(organization_id, row, name, number) for row, name, number in entries_of(more))


def _entries_of_kept(kept: Kept) -> Iterable[Entry]:
    """What it adds to a row, less what a marker says was added."""
    if kept.row:
        yield from entries_of(dict([kept.row]))
    if kept.marker:
        yield from ((row, name, -number) for row, name, number in entries_of(kept.marker.counted))
