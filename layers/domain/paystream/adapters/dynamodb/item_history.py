"""What is kept of an invoice beside its item, in the table of the numbers, where no application writes."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from paystream.adapters.dynamodb.items import attribute_values, plain
from paystream.model.invoice import Invoice
from paystream.model.item_history import ItemHistory


def history_key(organization_id: str, lago_id: str) -> dict[str, str]:
    """Under a hash, since an id may be as long as a key."""
    hashed = sha256(lago_id.encode()).hexdigest()
    return {"organization_id": organization_id, "number": f"#taken-in#{hashed}"}


def history_from(item: Mapping[str, Any]) -> ItemHistory:
    """The history in an item of DynamoDB."""
    return ItemHistory(
        taken_in_at=_time(item, "taken_in_at"),
        payment_ids=tuple(sorted(item.get("payment_ids", {"SS": []})["SS"])),
        voided_at=_time(item, "voided_at"),
        paid_elsewhere_cents=int(item.get("paid_elsewhere_cents", {"N": "0"})["N"]),
        paid_elsewhere_currency=item.get("paid_elsewhere_currency", {"S": None})["S"],
        lives=int(item.get("lives", {"N": "0"})["N"]),
        request_hash=item.get("request_hash", {"S": None})["S"],
        paid_elsewhere_customer=item.get("paid_elsewhere_customer", {"S": None})["S"],
        customers=_customers(item.get("customers", {"SS": []})["SS"]),
        overdue_notified_at=_time(item, "overdue_notified_at"),
    )


def life_update(external_customer_id: str, put_at: datetime) -> tuple[str, dict[str, Any]]:
    """The expression that counts one more item, and keeps whose it is, and its values."""
    one = {":one": {"N": "1"}}
    if not external_customer_id:
        return "ADD lives :one", one
    return "ADD lives :one, customers :customer", {
        **one,
        ":customer": {"SS": [f"{plain(put_at)}#{external_customer_id}"]},
    }


def end_update(invoice: Invoice, paid_elsewhere_cents: int) -> tuple[str, dict[str, Any]]:
    """The expression that keeps what a person, or an item, said of the invoice, and its values."""
    sets, values = [], {}
    if invoice.voided_at:
        sets, values = ["voided_at = :at"], {":at": {"S": plain(invoice.voided_at)}}
    if invoice.voided_at and not paid_elsewhere_cents:
        return f"SET {', '.join(sets)}", values
    values |= {
        ":currency": {"S": invoice.currency},
        ":customer": {"S": invoice.external_customer_id},
        ":cents": {"N": str(paid_elsewhere_cents)},
    }
    sets += ["paid_elsewhere_currency = :currency", "paid_elsewhere_customer = :customer"]
    return f"SET {', '.join(sets)} ADD paid_elsewhere_cents :cents", values


def overdue_update(invoice: Invoice) -> tuple[str, dict[str, Any]]:
    """The expression that keeps when the invoice was notified as overdue, and its values."""
    return "SET overdue_notified_at = :at", {":at": {"S": plain(invoice.overdue_notified_at)}}


def history_update(
    table: str, organization_id: str, lago_id: str, change: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The parameters of a write."""
    return {
        "TableName": table,
        "Key": attribute_values(history_key(organization_id, lago_id)),
        "UpdateExpression": change,
        "ExpressionAttributeValues": values,
    }


def creation_update(invoice: Invoice) -> tuple[str, dict[str, Any]]:
    """The same for an invoice that a request made: an item may replace it before its charge is on record."""
    change, values = life_update(invoice.external_customer_id, invoice.created_at)
    return f"{change} SET request_hash = :hash", {**values, ":hash": {"S": str(invoice.request_hash)}}


def _customers(entries: Iterable[str]) -> dict[str, datetime]:
    first: dict[str, datetime] = {}
    for seen_at, _, external_id in (entry.partition("#") for entry in sorted(entries)):
        first.setdefault(external_id, datetime.fromisoformat(seen_at))
    return first


def _time(item: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(item[name]["S"]) if name in item else None
