"""What is kept of the figures, as the use cases see it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from paystream.model.figures import Counted, Row, RowKind
from paystream.ports.pages import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What was counted of one invoice so far. `version` counts the marker's writes: 0 is one that is not there yet."""

    organization_id: str
    invoice_id: str
    version: int = 0
    counted: Counted = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CountedAnew:
    """A marker as it was read, and what its invoice counts for now. `changed_at`: when the invoice was written last."""

    marker: Marker
    counted: Counted
    changed_at: datetime | None


class Figures(Protocol):
    """The rows of the figures, and a marker for each invoice. Reads see every earlier write."""

    def markers(self, organization_id: str, invoice_ids: Sequence[str]) -> tuple[Marker, ...]:
        """Of each of these invoices, in their order."""
        ...

    def write(self, organization_id: str, anew: Sequence[CountedAnew]) -> None:
        """Write the markers and add to the rows what has changed, all or nothing; what must fit a transaction is the
        caller's matter. Raises VersionConflictError if a marker is not what was read, or somebody else writes the same.
        """
        ...

    def rows(
        self, organization_id: str, kind: RowKind, first: date, last: date
    ) -> Iterator[tuple[Row, dict[str, int]]]:
        """The rows from one day to another, those included, in parts that add up."""
        ...

    def counted_until(self, organization_id: str) -> datetime | None:
        """When the newest change was made that is counted; None if nothing was counted yet."""
        ...

    def invoices(self, cursor: str | None) -> Page[tuple[str, str]]:
        """Organization and id of all items of the invoices table. Reads the whole table. Raises InvalidInputError for a
        cursor that is none, as `kept` does.
        """
        ...

    def kept(self, cursor: str | None) -> Page["Kept"]:
        """All that is kept of the figures. Reads the whole table."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry of the figures' table: a part of a row, or else a marker."""

    organization_id: str
    row: tuple[Row, Mapping[str, int]] | None = None
    marker: Marker | None = None
