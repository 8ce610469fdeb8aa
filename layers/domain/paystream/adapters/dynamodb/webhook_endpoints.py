"""The webhook endpoints table: one item an organization."""

from dataclasses import replace
from datetime import datetime

from paystream.adapters.dynamodb.database import Database, version_condition
from paystream.adapters.dynamodb.items import from_item, plain, to_item
from paystream.model.webhook_endpoint import WebhookEndpoints
from paystream.ports.pages import Page

UNSETTLED = "unsettled"
_ALL = "all"
"""One partition is enough: it holds what is under way, and is written to when an endpoint is changed."""

_BEFORE_ALL_TIMES = "0"


class DynamoWebhookEndpoints:
    """Implements the port `WebhookEndpointStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._table = database.tables.webhook_endpoints

    def of(self, organization_id: str) -> WebhookEndpoints:
        item = self._database.get(self._table, {"organization_id": organization_id})
        return from_item(WebhookEndpoints, item) if item else WebhookEndpoints(organization_id=organization_id)

    def save(self, endpoints: WebhookEndpoints) -> WebhookEndpoints:
        written = replace(endpoints, version=endpoints.version + 1)
        item = to_item(written, unsettled_key=_ALL if written.due_at else None)
        self._database.write({"Put": {"TableName": self._table, "Item": item, **version_condition(endpoints.version)}})
        return written

    def due(self, *, until: datetime, cursor: str | None) -> Page[str]:
        entries, next_cursor = self._database.query_page(
            self._table,
            UNSETTLED,
            {"unsettled_key": _ALL},
            position=("due_at", "organization_id"),
            limit=None,
            cursor=cursor,
            newest_first=False,
            between=(_BEFORE_ALL_TIMES, plain(until)),
        )
        return Page(tuple(entry["organization_id"]["S"] for entry in entries), next_cursor)
