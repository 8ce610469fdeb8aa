"""The invoices table. An invoice and its number, and an invoice and its payment, are written in one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from paystream.adapters.dynamodb.customers import cards_update
from paystream.adapters.dynamodb.database import Database, version_condition
from paystream.adapters.dynamodb.due_invoices import due_shard, paused_key
from paystream.adapters.dynamodb.integrations import as_it_was_read
from paystream.adapters.dynamodb.invoice_items import FORMAT, FORMER_ATTRIBUTES, has_our_key, invoice_of, is_ours
from paystream.adapters.dynamodb.item_history import (
    creation_update,
    end_update,
    history_from,
    history_key,
    history_update,
    life_update,
    overdue_update,
)
from paystream.adapters.dynamodb.items import (
    attribute_names,
    attribute_values,
    plain,
    plain_item,
    to_item,
    typed_as_read,
)
from paystream.adapters.dynamodb.listing import Listing
from paystream.adapters.dynamodb.payments import customer_key, index_keys
from paystream.adapters.dynamodb.readable import is_of, readable
from paystream.adapters.dynamodb.refund_keys import key_claim, key_holder
from paystream.errors import ConflictError, InvalidInputError, VersionConflictError
from paystream.model.case import Payer
from paystream.model.invoice import Invoice
from paystream.model.invoice_filter import InvoiceFilter
from paystream.model.item_history import ItemHistory
from paystream.model.manual_payment import AnyPayment, ManualPayment
from paystream.model.notification import Notification
from paystream.model.settlement import Settlement
from paystream.ports.pages import Page, PageRequest

BY_CREATION = "by_creation"
BY_CUSTOMER = "by_customer"
BY_PAYMENT_STATUS = "by_payment_status"
WAITING = "waiting"
_KEY = ("organization_id", "lago_id")
_VERSIONS_OF_A_LIFE = 1_000_000
"""More than any item has: a function that has read an item writes nothing over the one that replaced it."""
_POSITION = ("created_at", "lago_id")
_OTHER_POSITION = ("created_at", *_KEY)
_NOT_OURS_YET: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(customer_key)"}


class DynamoInvoices:
    """Implements the port `Invoices`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._table = database.tables.invoices

    def get(self, organization_id: str, lago_id: str) -> Invoice | None:
        item = self._database.get(self._table, {"organization_id": organization_id, "lago_id": lago_id})
        return next(_ours([item], organization_id), None) if item else None

    def batch(self, organization_id: str, lago_ids: Sequence[str]) -> tuple[Invoice, ...]:
        items = self._database.get_batch(self._table, organization_id, lago_ids)
        return tuple(_ours(items, organization_id))

    def as_put(self, organization_id: str, lago_id: str) -> dict[str, Any] | None:
        item = self._database.get(self._table, {"organization_id": organization_id, "lago_id": lago_id})
        return plain_item(item) if item else None

    def create(self, invoice: Invoice) -> None:
        new = {"ConditionExpression": "attribute_not_exists(lago_id)"}
        item = to_item(invoice, **_index_keys(invoice)) | attribute_values({"item_format": FORMAT})
        try:
            self._database.write(
                {"Put": {"TableName": self._table, "Item": item, **new}},
                {"Put": self._number_claim(invoice)},
                {"Update": self._history_update(invoice, *creation_update(invoice))},
            )
        except VersionConflictError:
            if self._number_holder(invoice) not in (None, invoice.lago_id):
                raise InvalidInputError({"number": ["value_already_exist"]}) from None
            raise

    def _history_update(self, invoice: Invoice, change: str, values: Mapping[str, Any]) -> dict[str, Any]:
        table = self._database.tables.invoice_numbers
        return history_update(table, invoice.organization_id, invoice.lago_id, change, values)

    def claim_number(self, invoice: Invoice) -> bool:
        try:
            self._database.client.put_item(**self._number_claim(invoice))
        except self._database.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def history(
        self, organization_id: str, lago_id: str, *, external_customer_id: str, put_at: datetime, now: datetime
    ) -> ItemHistory:
        change, values = life_update(external_customer_id, put_at)
        taken_in = f"SET taken_in_at = if_not_exists(taken_in_at, :now) {change}"
        return self._remember(organization_id, lago_id, taken_in, {":now": {"S": plain(now)}, **values})

    def known_history(self, organization_id: str, lago_id: str) -> ItemHistory | None:
        table, key = self._database.tables.invoice_numbers, history_key(organization_id, lago_id)
        found = self._database.get(table, key)
        return history_from(found) if found else None

    def known_histories(self, organization_id: str, lago_ids: Sequence[str]) -> dict[str, ItemHistory]:
        keys = {lago_id: history_key(organization_id, lago_id) for lago_id in lago_ids}
        items = self._database.each_of(self._database.tables.invoice_numbers, list(keys.values()))
        found = {item["number"]["S"]: history_from(item) for item in items}
        return {lago_id: found[key["number"]] for lago_id, key in keys.items() if key["number"] in found}

    def register_payment(self, organization_id: str, invoice_id: str, payment_id: str) -> None:
        self._remember(organization_id, invoice_id, "ADD payment_ids :id", {":id": {"SS": [payment_id]}})

    def _remember(self, organization_id: str, lago_id: str, change: str, values: Mapping[str, Any]) -> ItemHistory:
        """No index is asked: it may not know yet what was written a moment ago."""
        table = self._database.tables.invoice_numbers
        update = history_update(table, organization_id, lago_id, change, values)
        answer = self._database.client.update_item(**update, ReturnValues="ALL_NEW")
        return history_from(answer["Attributes"])

    def save(self, invoice: Invoice, notifications: Sequence[Notification] = ()) -> Invoice:
        written = replace(invoice, version=invoice.version + 1)
        self._database.write(self._update(invoice, written), *self._database.outbox(notifications))
        return written

    def take_in(
        self, invoice: Invoice, as_put: Mapping[str, Any], *, life: int, paid_elsewhere_cents: int = 0
    ) -> Invoice:
        written = replace(invoice, version=(life - 1) * _VERSIONS_OF_A_LIFE + 1)
        update = self._update(invoice, written)["Update"]
        same, values = _is_as_put(_values_beside_the_key(written), as_put)
        update["ConditionExpression"] = f"attribute_exists(lago_id) AND {same}"
        update["ExpressionAttributeValues"] |= values
        kept = self._history_update(invoice, *end_update(invoice, paid_elsewhere_cents))
        says_something = invoice.voided_at is not None or paid_elsewhere_cents > 0
        self._database.write({"Update": update}, *(({"Update": kept},) if says_something else ()))
        return written

    def end(
        self, invoice: Invoice, notifications: Sequence[Notification] = (), *, paid_elsewhere_cents: int = 0
    ) -> Invoice:
        written = replace(invoice, version=invoice.version + 1)
        kept = {"Update": self._history_update(invoice, *end_update(invoice, paid_elsewhere_cents))}
        self._database.write(self._update(invoice, written), kept, *self._database.outbox(notifications))
        return written

    def save_overdue(self, invoice: Invoice, notification: Notification) -> Invoice:
        written = replace(invoice, version=invoice.version + 1)
        kept = {"Update": self._history_update(invoice, *overdue_update(invoice))}
        self._database.write(self._update(invoice, written), kept, *self._database.outbox([notification]))
        return written

    def settle(
        self, settlement: Settlement, notifications: Sequence[Notification], *, payer: Payer | None = None
    ) -> Invoice:
        closed = (settlement.closed,) if settlement.closed else ()
        payments = (settlement.payment, *closed)
        cards = (cards_update(self._database.tables.customers, settlement.customer),) if settlement.customer else ()
        return self._settle(settlement.invoice, payments, notifications, payer, begins=settlement.begins, claims=cards)

    def settle_under_key(self, settlement: Settlement, idempotency_key: str) -> Invoice:
        payment = settlement.payment
        claim = {"Put": key_claim(self._database.tables.invoice_numbers, payment, idempotency_key)}
        try:
            return self._settle(settlement.invoice, (payment,), (), claims=(claim,))
        except VersionConflictError:
            if key_holder(self._database, payment.organization_id, idempotency_key) not in (None, payment.lago_id):
                raise ConflictError(
                    "idempotency_key_reused", "this Idempotency-Key was used for another refund"
                ) from None
            raise

    def settle_by_hand(
        self, invoice: Invoice, payment: ManualPayment, notifications: Sequence[Notification]
    ) -> Invoice:
        return self._settle(invoice, (payment,), notifications, begins=True)

    def page(self, organization_id: str, wanted: InvoiceFilter, *, request: PageRequest) -> Page[Invoice]:
        """The index that leaves the least to be passed over; the rest is chosen by what its entries show.

        An entry lags a moment behind its item, so what was found is chosen from once more.
        """
        keys, next_cursor, count = self._listing(organization_id, wanted).page(request)
        found = _ours(self._database.items_of(self._table, keys), organization_id)
        return Page(tuple(one for one in found if wanted.still_wants(one)), next_cursor, count)

    def _listing(self, organization_id: str, wanted: InvoiceFilter) -> Listing:
        index = BY_CREATION
        position: tuple[str, ...] = _POSITION
        partitions = [{"organization_id": organization_id}]
        if wanted.asks_for_state:
            index, position = BY_PAYMENT_STATUS, _OTHER_POSITION
            statuses = sorted(wanted.possible_payment_statuses)
            partitions = [{"payment_status_key": f"{organization_id}#{status.value}"} for status in statuses]
        elif wanted.external_customer_id is not None:
            index, position = BY_CUSTOMER, _OTHER_POSITION
            partitions = [{"customer_key": customer_key(organization_id, wanted.external_customer_id)}]
        return Listing(
            database=self._database,
            table=self._table,
            index=index,
            partitions=partitions,
            position=position,
            wants=lambda entry: _is_wanted(entry, organization_id, wanted),
            wants_most=wanted.is_all,
        )

    def waiting(self, organization_id: str, external_customer_id: str) -> Iterator[Invoice]:
        cursor = None
        while True:
            keys, cursor = self._database.query_page(
                self._table,
                WAITING,
                {"waiting_key": customer_key(organization_id, external_customer_id)},
                position=_OTHER_POSITION,
                limit=100,
                cursor=cursor,
                newest_first=False,
            )
            items = self._database.items_of(self._table, keys)
            yield from _ours(items, organization_id)
            if cursor is None:
                return

    def _settle(
        self,
        invoice: Invoice,
        payments: Sequence[AnyPayment],
        notifications: Sequence[Notification],
        payer: Payer | None = None,
        *,
        begins: bool = False,
        claims: Sequence[dict[str, Any]] = (),
    ) -> Invoice:
        written = replace(invoice, version=invoice.version + 1)
        table = self._database.tables.payments
        puts = [{"Put": {"TableName": table, "Item": to_item(one, **index_keys(one))}} for one in payments]
        if begins:
            puts[0]["Put"] |= {"ConditionExpression": "attribute_not_exists(lago_id)"}
        checks = self._as_they_were_read(payer) if payer else ()
        besides = (*claims, *checks, *self._database.outbox(notifications))
        self._database.write(self._update(invoice, written), *puts, *besides)
        return written

    def _as_they_were_read(self, payer: Payer) -> tuple[dict[str, Any], ...]:
        customer, integration, tables = payer.customer, payer.integration, self._database.tables
        customer_key = {"organization_id": customer.organization_id, "external_id": customer.external_id}
        integration_key = {"organization_id": integration.organization_id, "code": integration.code}
        return (
            _check(tables.customers, customer_key, version_condition(customer.version)),
            _check(tables.integrations, integration_key, as_it_was_read(integration)),
        )

    def _number_holder(self, invoice: Invoice) -> str | None:
        key = {"organization_id": invoice.organization_id, "number": invoice.number}
        item = self._database.get(self._database.tables.invoice_numbers, key)
        return item["lago_id"]["S"] if item else None

    def _number_claim(self, invoice: Invoice) -> dict[str, Any]:
        values = {"organization_id": invoice.organization_id, "number": invoice.number, "lago_id": invoice.lago_id}
        return {
            "TableName": self._database.tables.invoice_numbers,
            "Item": attribute_values(values),
            "ConditionExpression": "attribute_not_exists(#number) OR lago_id = :lago_id",
            "ExpressionAttributeNames": {"#number": "number"},
            "ExpressionAttributeValues": {":lago_id": {"S": invoice.lago_id}},
        }

    def _update(self, read: Invoice, written: Invoice) -> dict[str, Any]:
        """Set what we know and remove what is None, so that attributes an application added to its item stay."""
        values = _values_beside_the_key(written)
        kept = {name: value for name, value in values.items() if value is not None}
        gone = [name for name in values if name not in kept]
        condition = version_condition(read.version) if read.version else _NOT_OURS_YET
        expected = condition.get("ExpressionAttributeValues", {})
        return {
            "Update": {
                "TableName": self._table,
                "Key": attribute_values({name: getattr(written, name) for name in _KEY}),
                "UpdateExpression": _set_and_remove(kept, gone),
                "ConditionExpression": f"attribute_exists(lago_id) AND {condition['ConditionExpression']}",
                "ExpressionAttributeNames": {f"#{name}": name for name in values},
                "ExpressionAttributeValues": expected
                | attribute_values({f":new_{name}": value for name, value in kept.items()}),
            }
        }


def _ours(items: Iterable[Mapping[str, Any]], organization_id: str) -> Iterator[Invoice]:
    """The invoices among an organization's items; other items, and other organizations', are left out."""
    is_theirs = is_of(organization_id)
    return readable((item for item in items if is_theirs(item) and is_ours(item)), invoice_of)


def _is_wanted(entry: Mapping[str, Any], organization_id: str, wanted: InvoiceFilter) -> bool:
    if not is_of(organization_id)(entry) or not has_our_key(entry):
        return False
    return any(readable([entry], lambda one: wanted.wants(_with_payment_status(plain_item(one)))))


def _with_payment_status(values: dict[str, Any]) -> dict[str, Any]:
    """An entry of the index by payment status has that in its key."""
    key = values.get("payment_status_key")
    return values | {"payment_status": key.rpartition("#")[2]} if key else values


def _values_beside_the_key(invoice: Invoice) -> dict[str, Any]:
    """Of each attribute of ours; None where there is none."""
    values = plain(invoice) | _index_keys(invoice) | {"item_format": FORMAT}
    names = (*attribute_names(Invoice), *_index_keys(invoice), *FORMER_ATTRIBUTES, "item_format")
    return {name: values.get(name) for name in names if name not in _KEY}


def _is_as_put(written: Iterable[str], as_put: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The condition that what is written over is what was read, and its values."""
    values = {f":put_{name}": as_put[name] for name in written if name in as_put}
    held = (f"#{name} = :put_{name}" if name in as_put else f"attribute_not_exists(#{name})" for name in written)
    return " AND ".join(held), typed_as_read(values)


def _check(table: str, key: Mapping[str, str], condition: Mapping[str, Any]) -> dict[str, Any]:
    return {"ConditionCheck": {"TableName": table, "Key": attribute_values(key), **condition}}


def _set_and_remove(kept: Iterable[str], gone: Iterable[str]) -> str:
    removed = ", ".join(f"#{name}" for name in gone)
    return f"SET {', '.join(f'#{name} = :new_{name}' for name in kept)}" + (f" REMOVE {removed}" if removed else "")


def _index_keys(invoice: Invoice) -> dict[str, str | None]:
    key = customer_key(invoice.organization_id, invoice.external_customer_id)
    paused_integration_id = invoice.standing.paused_integration_id
    return {
        "customer_key": key,
        "payment_status_key": f"{invoice.organization_id}#{invoice.payment_status.value}",
        "waiting_key": key if invoice.waiting_for else None,
        "due_shard": due_shard(invoice.lago_id) if invoice.due_at else None,
        "paused_key": paused_key(invoice.organization_id, paused_integration_id) if paused_integration_id else None,
    }
