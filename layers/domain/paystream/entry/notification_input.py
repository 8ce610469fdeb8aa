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
    known = {webhook_type.value: webhook_type for webhook_type in WebhookType}
    named = list(event_types or ())
    if not all(isinstance(one, str) and one in known for one in named):
        wrong.append("event_types")
    if wrong:
        raise InvalidInputError({name: ["value_is_invalid"] for name in wrong})
    chosen = frozenset(known[one] for one in named) if named else EVERY_TYPE
    return NotificationFilter(webhook_types=chosen, since=since, until=until)


def told_again(values: Mapping[str, Any]) -> tuple[NotificationFilter, str | None]:
    """Which are to be told again, and from which cursor on. Raises InvalidInputError."""
    event_types, cursor = values.get("event_types"), values.get("cursor")
    if not isinstance(event_types, list | None):
        raise InvalidInputError({"event_types": ["value_is_invalid"]})
    if not isinstance(cursor, str | None):
        raise InvalidInputError({"cursor": ["value_is_invalid"]})
    return notification_filter(values, event_types), cursor or None


def _time(values: Mapping[str, Any], name: str, wrong: list[str]) -> datetime | None:
    text = values.get(name)
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        read = None
    if read is None or read.tzinfo is None:
        wrong.append(name)
        return None
    return read.astimezone(UTC)
