"""Times as Lago writes them."""

from datetime import UTC, datetime


def timestamp(time: datetime) -> str:
    """UTC, to the second: `2026-11-23T10:00:00Z`."""
    return f"{time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
