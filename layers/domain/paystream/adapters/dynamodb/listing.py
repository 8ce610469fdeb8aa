"""Pages of an index, in its order: after a cursor, or by their number.

A page after a cursor costs the same wherever it is. A page that has a number is counted to, from the beginning: that is
what its number means. One read of an index's small entries brings thousands, and so the page and the count at once.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from paystream.adapters.dynamodb.database import Database, cursor_of
from paystream.ports.pages import Count, PageRequest

Entry = dict[str, Any]
"""What an index shows of an item, as DynamoDB types it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Entries of some partitions, merged; `position` names the rest of their key, the order first. `wants` chooses
    among them; without it all are wanted.
    """

    database: Database
    table: str
    index: str | None
    partitions: Sequence[Mapping[str, str]]
    position: Sequence[str]
    newest_first: bool = True
    between: tuple[str, str] | None = None
    """The first and the last of the order that belong to it."""
    wants: Callable[[Entry], bool] | None = None
    wants_most: bool = False
    """So that few are read for a page after a cursor."""

    def page(self, request: PageRequest) -> tuple[list[Entry], str | None, Count | None]:
        """The entries, the cursor that leads on, and the count for a page with a number.

        Raises InvalidInputError for a cursor that is not of this list.
        """
        if request.number is None or request.cursor:
            return *self._after(request.cursor, request.limit), None
        return self._numbered(request.number, request.limit)

    def _after(self, cursor: str | None, limit: int) -> tuple[list[Entry], str | None]:
        wanted: list[Entry] = []
        for entry in self._merged(self._open(cursor, limit + 1 if self.wants_most else None)):
            if len(wanted) == limit:
                return wanted, cursor_of(wanted[-1], self.position)
            wanted.append(entry)
        return wanted, None

    def _numbered(self, number: int, limit: int) -> tuple[list[Entry], str | None, Count]:
        partitions = self._open(None, None)
        before, wanted = (number - 1) * limit, list[Entry]()
        seen = 0
        for entry in self._merged(partitions):
            seen += 1
            if seen > before:
                wanted.append(entry)
            if len(wanted) == limit:
                break
        seen += sum(self._is_wanted(entry) for partition in partitions for entry in partition.entries)
        is_exact = all(partition.is_read for partition in partitions)
        count = Count(seen if is_exact else max(seen, number * limit + 1), is_exact)
        leads_on = len(wanted) == limit and count.at_least > number * limit
        return wanted, cursor_of(wanted[-1], self.position) if leads_on else None, count

    def _open(self, cursor: str | None, limit: int | None) -> list["_Partition"]:
        def reader(partition: Mapping[str, str]) -> Callable[[str | None], tuple[list[Entry], str | None]]:
            return lambda after: self.database.query_page(
                self.table,
                self.index,
                partition,
                position=self.position,
                limit=limit,
                cursor=after,
                newest_first=self.newest_first,
                between=self.between,
            )

        return [_Partition(reader(partition), cursor) for partition in self.partitions]

    def _merged(self, partitions: Sequence["_Partition"]) -> Iterator[Entry]:
        """What is wanted of all partitions, in order."""
        choose = max if self.newest_first else min
        while heads := [partition for partition in partitions if partition.first() is not None]:
            entry = choose(heads, key=self._place).entries.popleft()
            if self._is_wanted(entry):
                yield entry

    def _is_wanted(self, entry: Entry) -> bool:
        return self.wants is None or self.wants(entry)

    def _place(self, partition: "_Partition") -> tuple[str, ...]:
        return tuple(partition.entries[0][name]["S"] for name in self.position)


class _Partition:
    """Entries that were read and not taken yet. `is_read`: there are no more."""

    def __init__(self, read: Callable[[str | None], tuple[list[Entry], str | None]], cursor: str | None) -> None:
        self.entries: deque[Entry] = deque()
        self.is_read = False
        self._read = read
        self._cursor = cursor

    def first(self) -> Entry | None:
        """The next entry, read when there is none; None at the end."""
        while not self.entries and not self.is_read:
            entries, self._cursor = self._read(self._cursor)
            self.entries.extend(entries)
            self.is_read = self._cursor is None
        return self.entries[0] if self.entries else None
