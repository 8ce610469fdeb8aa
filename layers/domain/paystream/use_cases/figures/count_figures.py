"""Count invoices in the figures: what they count for now, less what was counted of them before.

A marker says what was counted of an invoice. It is read before the invoice is, and written with the rows in one
transaction, on the condition that it is what was read. So a function that read an older invoice writes nothing over
what a newer one counts for, and repeats, records out of order and crashes change nothing.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from paystream.errors import VersionConflictError
from paystream.model.figures import Counted, Row, counted_for, difference, entries_of, summed
from paystream.ports.figures import CountedAnew
from paystream.ports.stores import Stores
from paystream.steps.attempts.read_payments import payments_of_each

MOST_INVOICES = 25
"""That are read and written together."""

_MOST_ROWS = 40
"""Of one invoice that change at once; the rest follows in another transaction."""

_MOST_ACTIONS = 99
"""What a transaction takes, but for the note of how far was counted.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""

_TRIES = 6


def count_figures(organization_id: str, invoice_ids: Sequence[str], *, stores: Stores) -> None:
    """Count these invoices of an organization, MOST_INVOICES at the most, as they are now. Safe to repeat.

    Raises VersionConflictError if others were faster again and again.
    """
    for _ in range(_TRIES):
        try:
            while _count(organization_id, invoice_ids, stores):
                pass
        except VersionConflictError:
            continue
        return
    raise VersionConflictError("the figures were changed at the same time")


def _count(organization_id: str, invoice_ids: Sequence[str], stores: Stores) -> bool:
    """Write what has changed; whether some of it is left."""
    anew = read_anew(organization_id, invoice_ids, stores=stores)
    changed = [one for one in anew if one.counted != one.marker.counted]
    parts = [_at_most(_MOST_ROWS, one) for one in changed]
    for transaction in _transactions(parts):
        stores.figures.write(organization_id, transaction)
    return parts != changed


def read_anew(organization_id: str, invoice_ids: Sequence[str], *, stores: Stores) -> list[CountedAnew]:
    """What was counted of each of these invoices, and what it counts for: the markers are read first."""
    markers = stores.figures.markers(organization_id, invoice_ids)
    invoices = {one.lago_id: one for one in stores.invoices.batch(organization_id, invoice_ids)}
    payments = payments_of_each(tuple(invoices.values()), stores)
    anew = []
    for marker in markers:
        invoice = invoices.get(marker.invoice_id)
        counted = counted_for(invoice, payments.get(marker.invoice_id, ()))
        anew.append(CountedAnew(marker, counted, invoice.updated_at if invoice else None))
    return anew


def _at_most(most_rows: int, anew: CountedAnew) -> CountedAnew:
    """The same, with so many of the rows that change."""
    changes = difference(anew.marker.counted, anew.counted)
    if len(changes) <= most_rows:
        return anew
    some: Counted = dict(islice(changes.items(), most_rows))
    return CountedAnew(anew.marker, summed((*entries_of(anew.marker.counted), *entries_of(some))), anew.changed_at)


def _transactions(anew: Sequence[CountedAnew]) -> Iterator[list[CountedAnew]]:
    """As many at once as a transaction takes: the rows that they have in common are written once."""
    together: list[CountedAnew] = []
    rows: set[Row] = set()
    for one in anew:
        own = set(difference(one.marker.counted, one.counted))
        if together and len(together) + 1 + len(rows | own) > _MOST_ACTIONS:
            yield together
            together, rows = [], set()
        together.append(one)
        rows |= own
    if together:
        yield together
