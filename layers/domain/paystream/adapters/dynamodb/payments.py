"""The payments table: read here, written together with the invoice in `paystream.adapters.dynamodb.invoices`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from paystream.adapters.dynamodb.database import Database
from paystream.adapters.dynamodb.items import from_item
from paystream.model.payment import AnyPayment, ManualPayment, Payment
from paystream.ports.pages import Page

BY_CREATION = "by_creation"
BY_INVOICE = "by_invoice"
_INVOICE_POSITION = ("created_at", "organization_id", "lago_id")
_MOST = 100


class DynamoPayments:
    """Implements the port `Payments`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._table = database.tables.payments

    def get(self, organization_id: str, lago_id: str) -> Payment | None:
        found = self.find(organization_id, lago_id)
        return found if isinstance(found, Payment) else None

    def find(self, organization_id: str, lago_id: str) -> AnyPayment | None:
        item = self._database.get(self._table, {"organization_id": organization_id, "lago_id": lago_id})
        return _from_item(item) if item else None

    def batch(self, organization_id: str, lago_ids: Sequence[str]) -> tuple[Payment, ...]:
        items = self._database.get_batch(self._table, organization_id, lago_ids)
        return tuple(found for item in items if isinstance(found := _from_item(item), Payment))

    def of_invoice(self, organization_id: str, invoice_id: str) -> tuple[AnyPayment, ...]:
        keys, _ = self._database.query_page(
            self._table,
            BY_INVOICE,
            {"invoice_key": invoice_key(organization_id, invoice_id)},
            position=_INVOICE_POSITION,
            limit=_MOST,
            cursor=None,
            newest_first=True,
        )
        payments = [_from_item(item) for item in self._database.items_of(self._table, keys)]
        return tuple(sorted(payments, key=_position, reverse=True))

    def page(self, organization_id: str, *, limit: int, cursor: str | None) -> Page[AnyPayment]:
        items, next_cursor = self._database.index_page(
            self._table, BY_CREATION, organization_id, limit=limit, cursor=cursor
        )
        return Page(tuple(_from_item(item) for item in items), next_cursor)


def _from_item(item: Mapping[str, Any]) -> AnyPayment:
    """Only an attempt has a number."""
    return from_item(Payment, item) if "attempt" in item else from_item(ManualPayment, item)


def _position(payment: AnyPayment) -> tuple[bool, int, datetime]:
    attempt = payment.attempt if isinstance(payment, Payment) else 0
    return isinstance(payment, ManualPayment), attempt, payment.created_at


def invoice_key(organization_id: str, invoice_id: str) -> str:
    """The partition of an invoice's payments in the index."""
    return f"{organization_id}#{invoice_id}"
