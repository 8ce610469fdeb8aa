"""Which notifications a request is about: in a query, or in the body of `POST /webhooks/retry`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from paystream.errors import InvalidInputError
from paystream.model.notification import EVERY_TYPE, NotificationFilter, WebhookType

FILTERS = frozenset({"event_types[]", "since", "until"})


def notification_filter(values: Mapping[str, Any], event_types: Sequence[Any] | None) -> NotificationFilter:
    """`since` and `until` are times with their offset. Raises InvalidInputError."""
    wrong: list[str] = []
    since, until = (_time(values, name, wrong) for name in ("since", "until"))
    webhook_types = _types(event_types or (), wrong) or EVERY_TYPE
    if wrong:
        raise InvalidInputError({name: ["value_is_invalid"] for name in wrong})
    return NotificationFilter(webhook_types=webhook_types, since=since, until=until)


def to_send_again(values: Mapping[str, Any]) -> tuple[NotificationFilter, str | None]:
    """Which are to be sent again, and from which cursor on. Raises InvalidInputError."""
    event_types, cursor = values.get("event_types"), values.get("cursor")
    if not isinstance(event_types, list | None):
        raise InvalidInputError({"event_types": ["value_is_invalid"]})
    if not isinstance(cursor, str | None):
        raise InvalidInputError({"cursor": ["value_is_invalid"]})
    return notification_filter(values, event_types), cursor or None


def _types(named: Sequence[Any], wrong: list[str]) -> frozenset[WebhookType]:
    try:
        return frozenset(WebhookType(one) for one in named)
    except ValueError:
        wrong.append("event_types")
        return frozenset()


def _time(values: Mapping[str, Any], name: str, wrong: list[str]) -> datetime | None:
    text = values.get(name)
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text) if isinstance(text, str) else None
        if read and read.tzinfo:
            return read.astimezone(UTC)
    except (ValueError, OverflowError):
        # No time, or one that its offset takes out of the years 1 to 9999.
        pass
    wrong.append(name)
    return None
