"""The index of the invoices that are to be looked at again. An open invoice is in it, a closed one is not.

It is spread over shards, so that no partition of it takes all of the writes. A second index has those among them that
wait for an integration's secret key.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from paystream.adapters.dynamodb.database import Database
from paystream.adapters.dynamodb.items import attribute_values, plain, plain_item
from paystream.adapters.dynamodb.readable import is_of
from paystream.model.schedule import DueInvoice
from paystream.ports.pages import Page

DUE = "due"
PAUSED = "paused"
_PAUSED_POSITION = ("created_at", "organization_id", "lago_id")
_SHARDS = 32


def due_shard(lago_id: str) -> str:
    """The shard of an invoice: two digits."""
    return f"{sha256(lago_id.encode()).digest()[0] % _SHARDS:02}"


def paused_key(organization_id: str, integration_id: str) -> str:
    """The partition of the invoices that wait for an integration's secret key."""
    return f"{organization_id}#{integration_id}"


class DynamoDueInvoices:
    """Implements the port `DueInvoices`."""

    shards = tuple(f"{shard:02}" for shard in range(_SHARDS))

    def __init__(self, database: Database) -> None:
        self._database = database
        self._client = database.client
        self._table = database.tables.invoices

    def oldest(self, shard: str, *, until: datetime, limit: int) -> tuple[DueInvoice, ...]:
        answer = self._client.query(
            TableName=self._table,
            IndexName=DUE,
            KeyConditionExpression="due_shard = :shard AND due_at <= :until",
            ExpressionAttributeValues=attribute_values({":shard": shard, ":until": plain(until)}),
            Limit=limit,
        )
        entries = [plain_item(item) for item in answer["Items"]]
        return tuple(DueInvoice(entry["organization_id"], entry["lago_id"], entry["due_at"]) for entry in entries)

    def postpone(self, due: DueInvoice, to: datetime) -> DueInvoice | None:
        """The version stays: a function that is writing the invoice just now knows more, and sets a time of its own."""
        later = replace(due, due_at=plain(to))
        try:
            self._client.update_item(
                TableName=self._table,
                Key=attribute_values({"organization_id": due.organization_id, "lago_id": due.lago_id}),
                UpdateExpression="SET due_at = :later",
                ConditionExpression="due_at = :seen",
                ExpressionAttributeValues=attribute_values({":later": later.due_at, ":seen": due.due_at}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return later

    def paused(self, organization_id: str, integration_id: str, *, limit: int, cursor: str | None) -> Page[str]:
        keys, next_cursor = self._database.query_page(
            self._table,
            PAUSED,
            {"paused_key": paused_key(organization_id, integration_id)},
            position=_PAUSED_POSITION,
            limit=limit,
            cursor=cursor,
            newest_first=False,
        )
        return Page(tuple(key["lago_id"]["S"] for key in filter(is_of(organization_id), keys)), next_cursor)

    def make_due(self, organization_id: str, lago_id: str, *, integration_id: str, at: datetime) -> None:
        values = {":at": plain(at), ":paused_key": paused_key(organization_id, integration_id)}
        with suppress(self._client.exceptions.ConditionalCheckFailedException):
            self._client.update_item(
                TableName=self._table,
                Key=attribute_values({"organization_id": organization_id, "lago_id": lago_id}),
                UpdateExpression="SET due_at = :at REMOVE otherwise_due_at",
                ConditionExpression="paused_key = :paused_key AND due_at > :at",
                ExpressionAttributeValues=attribute_values(values),
            )
