"""The integrations table."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from paystream.adapters.dynamodb.database import Database, is_key, version_checked, version_condition
from paystream.adapters.dynamodb.items import attribute_values, from_item, plain, to_item
from paystream.errors import VersionConflictError
from paystream.model.account_health import HEARD_AGAIN_AFTER, HeardEvent
from paystream.model.integration import Integration
from paystream.model.notification import Notification
from paystream.ports.pages import Page

DISCONNECTING = "disconnecting"
CHECKS = "checks"
_BEFORE_ALL_TIMES = "0"
_ALL = "all"
"""One partition is enough: it holds what is under way, and is written to when an account is disconnected."""


class DynamoIntegrations:
    """Implements the port `Integrations`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._table = database.tables.integrations

    def get(self, organization_id: str, code: str) -> Integration | None:
        item = self._database.get(self._table, {"organization_id": organization_id, "code": code})
        return from_item(Integration, item) if item else None

    def all(self, organization_id: str) -> tuple[Integration, ...]:
        if not is_key(organization_id):
            return ()
        answer = self._database.client.query(
            TableName=self._table,
            KeyConditionExpression="organization_id = :organization",
            ExpressionAttributeValues=attribute_values({":organization": organization_id}),
            ConsistentRead=True,
        )
        return tuple(from_item(Integration, item) for item in answer["Items"])

    def disconnecting(self, *, cursor: str | None) -> Page[tuple[str, str]]:
        entries, next_cursor = self._database.query_page(
            self._table,
            DISCONNECTING,
            {"disconnecting_key": _ALL},
            position=("disconnecting_since", "organization_id", "code"),
            limit=None,
            cursor=cursor,
            newest_first=False,
        )
        return Page(tuple((entry["organization_id"]["S"], entry["code"]["S"]) for entry in entries), next_cursor)

    def to_be_checked(self, *, until: datetime, cursor: str | None) -> Page[tuple[str, str]]:
        entries, next_cursor = self._database.query_page(
            self._table,
            CHECKS,
            {"check_key": _ALL},
            position=("check_due_at", "organization_id", "code"),
            limit=None,
            cursor=cursor,
            newest_first=False,
            between=(_BEFORE_ALL_TIMES, plain(until)),
        )
        return Page(tuple((entry["organization_id"]["S"], entry["code"]["S"]) for entry in entries), next_cursor)

    def save(self, integration: Integration, notifications: Sequence[Notification] = ()) -> Integration:
        written = replace(integration, version=integration.version + 1)
        item = to_item(
            written,
            disconnecting_key=_ALL if written.disconnecting_since else None,
            check_key=_ALL if written.check else None,
            check_due_at=plain(written.is_looked_at_at),
        )
        put = {"TableName": self._table, "Item": item, **as_it_was_read(integration)}
        self._database.write({"Put": put}, *self._database.outbox(notifications))
        return written

    def heard(self, integration: Integration, event: HeardEvent) -> None:
        known = integration.last_event
        if known and known.at > event.at - HEARD_AGAIN_AFTER:
            return
        values = {
            ":event": plain(event),
            ":created_at": plain(integration.created_at),
            ":before": plain(event.at - HEARD_AGAIN_AFTER),
        }
        with suppress(VersionConflictError), version_checked():
            self._database.client.update_item(
                TableName=self._table,
                Key=attribute_values({"organization_id": integration.organization_id, "code": integration.code}),
                UpdateExpression="SET last_event = :event",
                ConditionExpression="created_at = :created_at "
                "AND (attribute_not_exists(last_event) OR last_event.#at <= :before)",
                ExpressionAttributeNames={"#at": "at"},
                ExpressionAttributeValues=attribute_values(values),
            )

    def remove(self, integration: Integration) -> None:
        key = {"organization_id": integration.organization_id, "code": integration.code}
        with version_checked():
            self._database.client.delete_item(
                TableName=self._table, Key=attribute_values(key), **as_it_was_read(integration)
            )


def as_it_was_read(integration: Integration) -> dict[str, Any]:
    """One that was disconnected and connected again counts its versions from 1: `created_at` tells them apart."""
    condition = version_condition(integration.version)
    if integration.version == 0:
        return condition
    created_at = attribute_values({":created_at": plain(integration.created_at)})
    return condition | {
        "ConditionExpression": f"{condition['ConditionExpression']} AND created_at = :created_at",
        "ExpressionAttributeValues": condition["ExpressionAttributeValues"] | created_at,
    }
