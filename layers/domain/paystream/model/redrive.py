"""Records of the tables' streams that have to be handled once more: by hand, days later."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MOST_AT_ONCE = 10
"""Records that a consumer is given at once: no more than its stream hands over."""


class StreamConsumer(StrEnum):
    """The functions that handle a table's stream."""

    INVOICE_CREATED = "invoice-created"
    PUBLISH_NOTIFICATIONS = "publish-notifications"
    COUNT_FIGURES = "count-figures"


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """`content` is what the consumer is given; it reports `identifier` if it fails. `name` is the item's, for people:
    `organization_id/lago_id`.
    """

    identifier: str
    name: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """Records that are handled one after the other and put away together, once all of them are handled.

    `cursor` leads to what comes after. `kept_as` is the object that holds them, if one does; one that cannot be read
    has the reason in `problem`, and no records.
    """

    cursor: str
    consumer: StreamConsumer | None = None
    records: tuple[StreamRecord, ...] = ()
    kept_as: str | None = None
    problem: str | None = None
