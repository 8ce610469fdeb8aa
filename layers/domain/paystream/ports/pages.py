"""Parts of lists."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """As many as `limit`, after a cursor; or the page of this number, counted from 1, and the count of all with it."""

    limit: int
    cursor: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are in the whole list, as far as it was read for a page."""

    at_least: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some records, and the cursor that leads to the next ones. The count is there for a page that has a number."""

    records: tuple[T, ...]
    next_cursor: str | None
    count: Count | None = None
