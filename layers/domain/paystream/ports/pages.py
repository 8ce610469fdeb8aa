"""A part of a list."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some records, and the cursor that leads to the next ones."""

    records: tuple[T, ...]
    next_cursor: str | None
