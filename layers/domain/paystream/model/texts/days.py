"""Days as a person reads them: in English, whatever the locale, and in UTC."""

from datetime import UTC, datetime

_MONTHS = ("January February March April May June July August September October November December").split()


def day(at: datetime) -> str:
    """`3 December`: for what comes within the next months."""
    in_utc = at.astimezone(UTC)
    return f"{in_utc.day} {_MONTHS[in_utc.month - 1]}"


def day_and_year(at: datetime) -> str:
    """`3 December 2026`: for what is past."""
    return f"{day(at)} {at.astimezone(UTC).year}"


def time_of_day(at: datetime) -> str:
    """`3 December, 14:05 UTC`."""
    return f"{day(at)}, {at.astimezone(UTC):%H:%M} UTC"
