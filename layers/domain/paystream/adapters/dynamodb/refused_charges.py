"""Payments that failed because Stripe refused them before it made an intent. Found by reading the whole table."""

from paystream.adapters.dynamodb.database import Database
from paystream.adapters.dynamodb.items import attribute_values, from_item
from paystream.adapters.dynamodb.readable import readable
from paystream.adapters.dynamodb.scans import scan_cursor, scan_start
from paystream.model.payment import Payment
from paystream.ports.pages import Page


class DynamoRefusedCharges:
    """Implements the port `RefusedCharges`. A cursor is the key of the last item that was read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, code: str, *, cursor: str | None) -> Page[Payment]:
        answer = self._database.client.scan(
            TableName=self._database.tables.payments,
            FilterExpression="payment_status = :failed AND failure.code = :code "
            "AND attribute_not_exists(provider_payment_id) AND attribute_not_exists(link)",
            ExpressionAttributeValues=attribute_values({":failed": "failed", ":code": code}),
            **scan_start(cursor),
        )
        last = answer.get("LastEvaluatedKey")
        found = readable(answer["Items"], lambda item: from_item(Payment, item))
        return Page(tuple(found), scan_cursor(last) if last else None)
