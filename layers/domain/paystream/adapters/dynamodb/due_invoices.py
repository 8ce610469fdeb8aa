"""The index of the invoices that are to be looked at again. An open invoice is in it, a closed one is not.

It is spread over shards, so that no partition of it takes all of the writes.
"""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from paystream.adapters.dynamodb.database import Database
from paystream.adapters.dynamodb.items import attribute_values, plain, plain_item
from paystream.model.schedule import DueInvoice

DUE = "due"
_SHARDS = 32


def due_shard(lago_id: str) -> str:
    """The shard of an invoice: two digits."""
    return f"{sha256(lago_id.encode()).digest()[0] % _SHARDS:02}"


class DynamoDueInvoices:
    """Implements the port `DueInvoices`."""

    shards = tuple(f"{shard:02}" for shard in range(_SHARDS))

    def __init__(self, database: Database) -> None:
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

    def put_off(self, due: DueInvoice, to: datetime) -> DueInvoice | None:
        """The version stays: whoever is writing the invoice just now knows more, and sets a time of its own."""
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
