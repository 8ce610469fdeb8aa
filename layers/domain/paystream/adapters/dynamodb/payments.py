"""The payments table: read here, written together with the invoice in `paystream.adapters.dynamodb.invoices`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from paystream.adapters.dynamodb.database import Database
from paystream.adapters.dynamodb.items import from_item
from paystream.adapters.dynamodb.listing import Listing
from paystream.adapters.dynamodb.readable import is_of, readable
from paystream.model.manual_payment import AnyPayment, ManualPayment
from paystream.model.payment import Payment
from paystream.ports.pages import Page, PageRequest

BY_CREATION = "by_creation"
BY_CUSTOMER = "by_customer"
BY_INTENT = "by_intent"
BY_INVOICE = "by_invoice"
IN_FLIGHT = "in_flight"
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
        return tuple(found for found in readable(items, _from_item) if isinstance(found, Payment))

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
        items = filter(is_of(organization_id), self._database.items_of(self._table, keys))
        return tuple(sorted(readable(items, _from_item), key=_position, reverse=True))

    def of_intent(self, organization_id: str, intent_id: str) -> Payment | None:
        keys, _ = self._database.query_page(
            self._table,
            BY_INTENT,
            {"intent_key": intent_key(organization_id, intent_id)},
            position=_INVOICE_POSITION,
            limit=_MOST,
            cursor=None,
            newest_first=False,
        )
        items = filter(is_of(organization_id), self._database.items_of(self._table, keys))
        attempts = (one for one in readable(items, _from_item) if isinstance(one, Payment))
        return next((one for one in attempts if one.provider_payment_id == intent_id), None)

    def are_in_flight(self, organization_id: str, account_key: str) -> bool:
        keys, _ = self._database.query_page(
            self._table,
            IN_FLIGHT,
            {"in_flight_key": in_flight_key(organization_id, account_key)},
            position=_INVOICE_POSITION,
            limit=1,
            cursor=None,
            newest_first=False,
        )
        return bool(keys)

    def page(self, organization_id: str, *, external_customer_id: str | None, request: PageRequest) -> Page[AnyPayment]:
        partition = {"organization_id": organization_id}
        if external_customer_id is not None:
            partition = {"customer_key": customer_key(organization_id, external_customer_id)}
        listing = Listing(
            database=self._database,
            table=self._table,
            index=BY_CREATION if external_customer_id is None else BY_CUSTOMER,
            partitions=[partition],
            position=("created_at", "lago_id") if external_customer_id is None else _INVOICE_POSITION,
            wants=is_of(organization_id),
            wants_most=True,
        )
        keys, next_cursor, count = listing.page(request)
        items = self._database.items_of(self._table, keys)
        return Page(tuple(readable(items, _from_item)), next_cursor, count)


def index_keys(payment: AnyPayment) -> dict[str, str]:
    """What leads to a payment besides its own key."""
    keys = {
        "invoice_key": invoice_key(payment.organization_id, payment.invoice_id),
        "customer_key": customer_key(payment.organization_id, payment.external_customer_id),
    }
    if isinstance(payment, Payment) and payment.is_in_flight and payment.account_key and not payment.refused_at:
        keys["in_flight_key"] = in_flight_key(payment.organization_id, payment.account_key)
    if isinstance(payment, Payment) and payment.provider_payment_id:
        keys["intent_key"] = intent_key(payment.organization_id, payment.provider_payment_id)
    return keys


def _from_item(item: Mapping[str, Any]) -> AnyPayment:
    """Only an attempt has a number. One that was written before disputes were kept side by side has a single one."""
    if "attempt" not in item:
        return from_item(ManualPayment, item)
    single = {"disputes": {"L": [item["dispute"]]}} if "dispute" in item and "disputes" not in item else {}
    return from_item(Payment, {**item, **single})


def _position(payment: AnyPayment) -> tuple[bool, int, datetime]:
    attempt = payment.attempt if isinstance(payment, Payment) else 0
    return isinstance(payment, ManualPayment), attempt, payment.created_at


def customer_key(organization_id: str, external_customer_id: str) -> str:
    """The partition of a customer's invoices, or payments, in the indexes."""
    return f"{organization_id}#{external_customer_id}"


def invoice_key(organization_id: str, invoice_id: str) -> str:
    """The partition of an invoice's payments in the index."""
    return f"{organization_id}#{invoice_id}"


def intent_key(organization_id: str, intent_id: str) -> str:
    """The partition of the payment of an intent in the index."""
    return f"{organization_id}#{intent_id}"


def in_flight_key(organization_id: str, account_key: str) -> str:
    """The partition of what is on its way in an account in the index: what has settled is not in it."""
    return f"{organization_id}#{account_key}"
