"""Payments that failed because Stripe refused them before it made an intent. Found by reading the whole table."""

import json
from typing import Any

from paystream.adapters.dynamodb.database import Database, is_key
from paystream.adapters.dynamodb.items import attribute_values, from_item
from paystream.adapters.dynamodb.readable import readable
from paystream.errors import InvalidInputError
from paystream.model.payment import Payment
from paystream.ports.pages import Page

_KEY = ("organization_id", "lago_id")


class DynamoRefusedCharges:
    """Implements the port `RefusedCharges`. A cursor is the key of the last item that was read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, code: str, *, cursor: str | None) -> Page[Payment]:
        start: dict[str, Any] = {"ExclusiveStartKey": attribute_values(_key(cursor))} if cursor else {}
        answer = self._database.client.scan(
            TableName=self._database.tables.payments,
            FilterExpression="payment_status = :failed AND failure.code = :code "
            "AND attribute_not_exists(provider_payment_id) AND attribute_not_exists(link)",
            ExpressionAttributeValues=attribute_values({":failed": "failed", ":code": code}),
            **start,
        )
        last = answer.get("LastEvaluatedKey")
        next_cursor = json.dumps([last[name]["S"] for name in _KEY]) if last else None
        return Page(tuple(readable(answer["Items"], lambda item: from_item(Payment, item))), next_cursor)


def _key(cursor: str) -> dict[str, str]:
    try:
        values = json.loads(cursor)
    except (ValueError, RecursionError) as malformed:
        raise InvalidInputError({"cursor": ["value_is_invalid"]}) from malformed
    if not (isinstance(values, list) and len(values) == len(_KEY) and all(map(is_key, values))):
        raise InvalidInputError({"cursor": ["value_is_invalid"]})
    return dict(zip(_KEY, values, strict=True))
