"""The notifications table: the outbox. Its stream leads to the topic."""

from paystream.adapters.dynamodb.database import Database
from paystream.adapters.dynamodb.items import to_item
from paystream.errors import VersionConflictError
from paystream.model.notification import Notification


class DynamoNotifications:
    """Implements the port `Notifications`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, notification: Notification) -> None:
        put = {
            "TableName": self._database.tables.notifications,
            "Item": to_item(notification),
            "ConditionExpression": "attribute_not_exists(lago_id)",
        }
        try:
            self._database.write({"Put": put})
        except VersionConflictError:
            return
