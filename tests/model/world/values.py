"""Values by number, so that a state is a tuple of small integers; and the clock, which counts minutes."""

from datetime import UTC, datetime, timedelta
from typing import Any

_BEGINNING = datetime(2026, 1, 5, 9, tzinfo=UTC)

HOUR = 60
DAY = 24 * HOUR


class Values:
    """Each value has one number; what reads the same is the same value."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._values: list[Any] = []

    def number(self, value: Any) -> int:
        """The value's number. It must not be changed from then on."""
        number = self._numbers.setdefault(repr(value), len(self._values))
        if number == len(self._values):
            self._values.append(value)
        return number

    def __getitem__(self, number: int) -> Any:
        return self._values[number]


VALUES = Values()
NOTHING = VALUES.number(None)


def time(minutes: int) -> datetime:
    """So many minutes after the item was put; UTC."""
    return _BEGINNING + timedelta(minutes=minutes)


def minutes(at: datetime) -> int:
    """The first whole minute that is not before that time."""
    return -((_BEGINNING - at) // timedelta(minutes=1))
