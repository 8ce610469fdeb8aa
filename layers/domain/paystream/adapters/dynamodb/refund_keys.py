"""Which payment the key of a refund belongs to, in the table of the numbers, where no application writes."""

from hashlib import sha256
from typing import Any

from paystream.adapters.dynamodb.database import Database
from paystream.adapters.dynamodb.items import attribute_values
from paystream.model.payment import Payment


def key_claim(table: str, payment: Payment, idempotency_key: str) -> dict[str, Any]:
    """The parameters of a write that gives the key to the payment, and fails if another one has it."""
    key = _key(payment.organization_id, idempotency_key)
    return {
        "TableName": table,
        "Item": attribute_values({**key, "payment_id": payment.lago_id}),
        "ConditionExpression": "attribute_not_exists(payment_id) OR payment_id = :payment_id",
        "ExpressionAttributeValues": attribute_values({":payment_id": payment.lago_id}),
    }


def key_holder(database: Database, organization_id: str, idempotency_key: str) -> str | None:
    """The id of the payment that has the key, if one has."""
    item = database.get(database.tables.invoice_numbers, _key(organization_id, idempotency_key))
    return str(item["payment_id"]["S"]) if item else None


def _key(organization_id: str, idempotency_key: str) -> dict[str, str]:
    """Under a hash, since it may be as long as a key of the table, and is nobody's number."""
    hashed = sha256(idempotency_key.encode()).hexdigest()
    return {"organization_id": organization_id, "number": f"#refund-key#{hashed}"}
