"""The notifications table: the outbox. Its stream leads to the topic."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from paystream.adapters.dynamodb.database import Database
from paystream.adapters.dynamodb.items import from_item, plain
from paystream.adapters.dynamodb.listing import Listing
from paystream.adapters.dynamodb.readable import readable
from paystream.adapters.stream_events import record_of_new
from paystream.errors import VersionConflictError
from paystream.model.notification import EVERY_TYPE, Notification, NotificationFilter
from paystream.model.redrive import StreamRecord
from paystream.ports.pages import Page, PageRequest

BY_CREATION = "by_creation"
_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class DynamoNotifications:
    """Implements the port `Notifications`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._table = database.tables.notifications

    def find(self, organization_id: str, lago_id: str) -> Notification | None:
        item = self._database.get(self._table, {"organization_id": organization_id, "lago_id": lago_id})
        return from_item(Notification, item) if item else None

    def records(self, organization_id: str, lago_ids: Sequence[str]) -> tuple[StreamRecord, ...]:
        return tuple(map(record_of_new, self._database.get_batch(self._table, organization_id, lago_ids)))

    def page(self, organization_id: str, wanted: NotificationFilter, *, request: PageRequest) -> Page[Notification]:
        listing = Listing(
            database=self._database,
            table=self._table,
            index=BY_CREATION,
            partitions=[{"organization_id": organization_id}],
            position=("created_at", "lago_id"),
            between=(plain(wanted.since or _EARLIEST), plain(wanted.until or _LATEST)),
            wants=lambda entry: entry["webhook_type"]["S"] in wanted.webhook_types,
            wants_most=wanted.webhook_types == EVERY_TYPE,
        )
        keys, next_cursor, count = listing.page(request)
        items = self._database.items_of(self._table, keys)
        return Page(tuple(readable(items, partial(from_item, Notification))), next_cursor, count)

    def add(self, notification: Notification) -> None:
        (action,) = self._database.outbox([notification])
        try:
            self._database.write({"Put": action["Put"] | {"ConditionExpression": "attribute_not_exists(lago_id)"}})
        except VersionConflictError:
            return
