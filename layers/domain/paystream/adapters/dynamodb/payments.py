"""The payments table: read here, written together with the invoice in `paystream.adapters.dynamodb.invoices`."""

from paystream.adapters.dynamodb.database import Database
from paystream.adapters.dynamodb.items import from_item
from paystream.model.identifiers import payment_id
from paystream.model.payment import Payment
from paystream.ports import Page

BY_CREATION = "by_creation"


class DynamoPayments:
    """Implements the port `Payments`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._table = database.tables.payments

    def get(self, organization_id: str, lago_id: str) -> Payment | None:
        item = self._database.get(self._table, {"organization_id": organization_id, "lago_id": lago_id})
        return from_item(Payment, item) if item else None

    def of_invoice(self, organization_id: str, invoice_id: str, attempts: int) -> tuple[Payment, ...]:
        ids = [payment_id(organization_id, invoice_id, attempt) for attempt in range(attempts, 0, -1)]
        keys = [{"organization_id": {"S": organization_id}, "lago_id": {"S": lago_id}} for lago_id in ids]
        return tuple(from_item(Payment, item) for item in self._database.items_of(self._table, keys))

    def page(self, organization_id: str, *, limit: int, cursor: str | None) -> Page[Payment]:
        items, next_cursor = self._database.index_page(
            self._table, BY_CREATION, organization_id, limit=limit, cursor=cursor
        )
        return Page(tuple(from_item(Payment, item) for item in items), next_cursor)
