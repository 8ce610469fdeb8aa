"""The payments table: read here, written together with the invoice in `paystream.adapters.dynamodb.invoices`."""

from collections.abc import Sequence

from paystream.adapters.dynamodb.database import Database
from paystream.adapters.dynamodb.items import from_item
from paystream.model.payment import Payment
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
        item = self._database.get(self._table, {"organization_id": organization_id, "lago_id": lago_id})
        return from_item(Payment, item) if item else None

    def batch(self, organization_id: str, lago_ids: Sequence[str]) -> tuple[Payment, ...]:
        items = self._database.get_batch(self._table, organization_id, lago_ids)
        return tuple(from_item(Payment, item) for item in items)

    def of_invoice(self, organization_id: str, invoice_id: str) -> tuple[Payment, ...]:
        keys, _ = self._database.query_page(
            self._table,
            BY_INVOICE,
            {"invoice_key": invoice_key(organization_id, invoice_id)},
            position=_INVOICE_POSITION,
            limit=_MOST,
            cursor=None,
            newest_first=True,
        )
        payments = [from_item(Payment, item) for item in self._database.items_of(self._table, keys)]
        return tuple(sorted(payments, key=lambda payment: (payment.attempt, payment.created_at), reverse=True))

    def page(self, organization_id: str, *, limit: int, cursor: str | None) -> Page[Payment]:
        items, next_cursor = self._database.index_page(
            self._table, BY_CREATION, organization_id, limit=limit, cursor=cursor
        )
        return Page(tuple(from_item(Payment, item) for item in items), next_cursor)


def invoice_key(organization_id: str, invoice_id: str) -> str:
    """The partition of an invoice's payments in the index."""
    return f"{organization_id}#{invoice_id}"
