"""Items that cannot be read: passed over, logged and counted. One of them must not hide the others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from paystream.observability import count, logger

Item = Mapping[str, Any]
"""An item, or what an index shows of one, as DynamoDB types it."""

T = TypeVar("T")

_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What is missing, or of another type than it should be; a ContradictionError is a ValueError."""


def readable(items: Iterable[Item], read: Callable[[Item], T]) -> Iterator[T]:
    """What can be read of them, in their order."""
    for item in items:
        try:
            found = read(item)
        except _UNREADABLE as error:
            pass_over(item, error)
        else:
            yield found


def pass_over(item: Item, error: Exception) -> None:
    """Log which one it is, and nothing of what it says."""
    count("ItemUnreadable")
    name = item.get("external_id") or item.get("lago_id") or {}
    logger.warning("an item cannot be read", item=name.get("S"), reason=type(error).__name__)


def is_of(organization_id: str) -> Callable[[Item], bool]:
    """Whether something is of this organization. Two names joined by a sign may be the same as two others."""
    return lambda item: bool(item["organization_id"] == {"S": organization_id})
