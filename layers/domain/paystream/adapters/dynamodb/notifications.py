"""The notifications table: the outbox. Its stream leads to the topic."""

from paystream.adapters.dynamodb.database import Database
from paystream.errors import VersionConflictError
from paystream.model.notification import Notification


class DynamoNotifications:
    """Implements the port `Notifications`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, notification: Notification) -> None:
        (action,) = self._database.outbox([notification])
        try:
            self._database.write({"Put": action["Put"] | {"ConditionExpression": "attribute_not_exists(lago_id)"}})
        except VersionConflictError:
            return
