"""What is kept: the tables, as the use cases see them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from paystream.model.account_health import HeardEvent
from paystream.model.api_key import ApiKey
from paystream.model.case import Payer
from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.invoice_filter import InvoiceFilter
from paystream.model.item_history import ItemHistory
from paystream.model.manual_payment import AnyPayment, ManualPayment
from paystream.model.notification import Notification, NotificationFilter
from paystream.model.payment import Payment
from paystream.model.redrive import StreamRecord
from paystream.model.schedule import DueInvoice
from paystream.model.settlement import Settlement
from paystream.model.webhook_endpoint import WebhookEndpoints
from paystream.ports.figures import Figures
from paystream.ports.pages import Page, PageRequest
from paystream.ports.records import RecordSource


class ApiKeys(Protocol):
    """Keys of the organizations, by their hash."""

    def add(self, key: ApiKey) -> None: ...
    def exists(self, organization_id: str, key_hash: str) -> bool: ...


class Integrations(Protocol):
    """Connected Stripe accounts."""

    def get(self, organization_id: str, code: str) -> Integration | None: ...
    def all(self, organization_id: str) -> tuple[Integration, ...]: ...
    def disconnecting(self, *, cursor: str | None) -> Page[tuple[str, str]]:
        """Organization and code of those that are disconnecting, of all organizations; may lag a moment."""
        ...

    def to_be_checked(self, *, until: datetime, cursor: str | None) -> Page[tuple[str, str]]:
        """Organization and code of those whose look is due until then, of all organizations; may lag a moment."""
        ...

    def save(self, integration: Integration, notifications: Sequence[Notification] = ()) -> Integration:
        """Write the next version and its notifications, all or nothing.

        Raises VersionConflictError if what is stored is not what was read: another version, or one that was connected
        again since.
        """
        ...

    def heard(self, integration: Integration, event: HeardEvent) -> None:
        """Write it down as the last event that has arrived, unless one is that is younger than an hour. It is no change
        of the integration: its version stays.
        """
        ...

    def remove(self, integration: Integration) -> None:
        """Raises VersionConflictError if what is stored is not what was read."""
        ...


class Customers(Protocol):
    """Customers; reads see every earlier write, except `by_provider_id`, which may lag a moment."""

    def get(self, organization_id: str, external_id: str) -> Customer | None: ...
    def by_provider_id(self, organization_id: str, provider_customer_id: str) -> tuple[Customer, ...]: ...
    def page(self, organization_id: str, *, request: PageRequest) -> Page[Customer]:
        """In the order of their `external_id`."""
        ...

    def save(self, customer: Customer, notifications: Sequence[Notification] = ()) -> Customer:
        """Write the next version and its notifications, all or nothing. Raises VersionConflictError."""
        ...

    def next_invoice_sequence(self, organization_id: str, lago_customer_id: str) -> int:
        """Count the customer's invoices up by one, from 1."""
        ...


class Invoices(Protocol):
    """Invoices; reads see every earlier write, except pages and `waiting`, which may lag a moment.

    An item that an application put into the table is not seen until Paystream has written it for the first time.
    """

    def get(self, organization_id: str, lago_id: str) -> Invoice | None: ...
    def batch(self, organization_id: str, lago_ids: Sequence[str]) -> tuple[Invoice, ...]:
        """Those of the invoices that there are, in the order of their ids."""
        ...

    def as_put(self, organization_id: str, lago_id: str) -> dict[str, Any] | None:
        """The plain values of the item as it is now, whether we wrote it or an application."""
        ...

    def create(self, invoice: Invoice) -> None:
        """Store a new invoice and its number, both or neither.

        Raises VersionConflictError if the id is taken, InvalidInputError if the number is.
        """
        ...

    def claim_number(self, invoice: Invoice) -> bool:
        """Give the invoice its number; False if another invoice has it. Repeats are harmless."""
        ...

    def history(
        self, organization_id: str, lago_id: str, *, external_customer_id: str, put_at: datetime, now: datetime
    ) -> ItemHistory:
        """What is known of an invoice, whatever became of its item since. One that is new is taken in now. The customer
        is that of an item that was put at `put_at`; without an id it is not known.
        """
        ...

    def known_history(self, organization_id: str, lago_id: str) -> ItemHistory | None:
        """The same, changing nothing; None if nothing is kept beside the item."""
        ...

    def known_histories(self, organization_id: str, lago_ids: Sequence[str]) -> Mapping[str, ItemHistory]:
        """The same of several, by the invoice's id; without those of which nothing is kept."""
        ...

    def register_payment(self, organization_id: str, invoice_id: str, payment_id: str) -> None:
        """Before a payment is written whose id does not follow from an attempt: so that `history` knows it at once.
        Repeats are harmless.
        """
        ...

    def save(self, invoice: Invoice, notifications: Sequence[Notification] = ()) -> Invoice:
        """Write the next version and its notifications, all or nothing. Raises VersionConflictError."""
        ...

    def take_in(
        self, invoice: Invoice, as_put: Mapping[str, Any], *, life: int, paid_elsewhere_cents: int = 0
    ) -> Invoice:
        """Write the first version of an item that an application put, as long as the item is as `as_put` gave it.
        `life` counts the items that were taken in: no version of one is that of another. What it says was paid
        elsewhere, or that it was voided, is kept by its `history`, too. Raises VersionConflictError if
        another item was put over it meanwhile, or another function took it in.
        """
        ...

    def end(
        self, invoice: Invoice, notifications: Sequence[Notification] = (), *, paid_elsewhere_cents: int = 0
    ) -> Invoice:
        """The same, of an invoice that a person voided, or said was paid elsewhere: its `history` keeps that, too."""
        ...

    def save_overdue(self, invoice: Invoice, notification: Notification) -> Invoice:
        """The same, of an invoice that is notified as overdue now: its `history` keeps when, too."""
        ...

    def settle(
        self, settlement: Settlement, notifications: Sequence[Notification], *, payer: Payer | None = None
    ) -> Invoice:
        """Write invoice, payment and notifications, all or nothing; only as long as customer and account of a `payer`
        are what they were when they were read. Raises VersionConflictError.
        """
        ...

    def settle_under_key(self, settlement: Settlement, idempotency_key: str) -> Invoice:
        """Write invoice and payment, of which a request with this `Idempotency-Key` begins a refund. Raises
        ConflictError if the key was used for a refund of another payment, VersionConflictError.
        """
        ...

    def settle_by_hand(
        self, invoice: Invoice, payment: ManualPayment, notifications: Sequence[Notification]
    ) -> Invoice:
        """The same, for money that came outside of Stripe."""
        ...

    def page(self, organization_id: str, wanted: InvoiceFilter, *, request: PageRequest) -> Page[Invoice]:
        """Those that are wanted, the newest first; a page may hold fewer than it could."""
        ...

    def waiting(self, organization_id: str, external_customer_id: str) -> Iterator[Invoice]:
        """The customer's invoices that were not sent to Stripe yet, oldest first."""
        ...


class DueInvoices(Protocol):
    """When open invoices are to be looked at again: an index that is spread over shards, and may lag a moment."""

    @property
    def shards(self) -> tuple[str, ...]: ...
    def oldest(self, shard: str, *, until: datetime, limit: int) -> tuple[DueInvoice, ...]:
        """What was due in a shard by then, oldest first."""
        ...

    def postpone(self, due: DueInvoice, to: datetime) -> DueInvoice | None:
        """Set another time; None if it is not what it was any more: it was set since, or the invoice was closed.

        Disturbs nobody who writes the invoice at the same time.
        """
        ...

    def paused(self, organization_id: str, integration_id: str, *, limit: int, cursor: str | None) -> Page[str]:
        """The ids of the invoices that wait for this integration's secret key, oldest first."""
        ...

    def make_due(self, organization_id: str, lago_id: str, *, integration_id: str, at: datetime) -> None:
        """Let the invoice be due at that time, unless it is due earlier or waits for this integration's key no more."""
        ...


class Payments(Protocol):
    """Attempts to collect and manual payments; they are written by `Invoices`."""

    def get(self, organization_id: str, lago_id: str) -> Payment | None:
        """An attempt."""
        ...

    def find(self, organization_id: str, lago_id: str) -> AnyPayment | None:
        """An attempt or a manual payment."""
        ...

    def batch(self, organization_id: str, lago_ids: Sequence[str]) -> tuple[Payment, ...]:
        """Those of the attempts that there are, in the order of their ids."""
        ...

    def of_intent(self, organization_id: str, intent_id: str) -> Payment | None:
        """The attempt that this payment intent is known to be of; may lag a moment."""
        ...

    def are_in_flight(self, organization_id: str, account_key: str) -> bool:
        """Whether any that was sent to the account, or is to be, has not come to its end; may lag a moment."""
        ...

    def of_invoice(self, organization_id: str, invoice_id: str) -> tuple[AnyPayment, ...]:
        """The payments of an invoice, manual ones first, then the last attempt, 100 at most; the newest may be missing
        for a moment.
        """
        ...

    def page(self, organization_id: str, *, external_customer_id: str | None, request: PageRequest) -> Page[AnyPayment]:
        """All, or one customer's, the newest first."""
        ...


class Notifications(Protocol):
    """The outbox, and for as long as its entries are kept the log of what was sent."""

    def find(self, organization_id: str, lago_id: str) -> Notification | None: ...
    def records(self, organization_id: str, lago_ids: Sequence[str]) -> tuple[StreamRecord, ...]:
        """The stream's records of those that there are."""
        ...

    def page(self, organization_id: str, wanted: NotificationFilter, *, request: PageRequest) -> Page[Notification]:
        """Those that are wanted, the newest first."""
        ...

    def add(self, notification: Notification) -> None:
        """Store a notification that belongs to no other write. A repeat is harmless: its id is the same."""
        ...


class WebhookEndpointStore(Protocol):
    """Where organizations want their notifications posted."""

    def of(self, organization_id: str) -> WebhookEndpoints:
        """All of an organization's, none if it has none; sees every earlier write."""
        ...

    def save(self, endpoints: WebhookEndpoints) -> WebhookEndpoints:
        """Write the next version. Raises VersionConflictError."""
        ...

    def due(self, *, until: datetime, cursor: str | None) -> Page[str]:
        """The organizations with something to be done by then, oldest first; may lag a moment."""
        ...


class MissedRecords(Protocol):
    """What the tables hold and no stream will bring any more. Reads whole tables."""

    def invoices(self, *, now: datetime) -> RecordSource:
        """Items that were put into the invoices table and not taken in; nobody knows how long ago."""
        ...

    def figures(self, *, now: datetime) -> RecordSource:
        """All items of the invoices table, to be counted in the figures whether they were or not."""
        ...

    def notifications(self, *, since: datetime, until: datetime) -> RecordSource:
        """All notifications that were made between two times, those included: published or not."""
        ...


class RefusedCharges(Protocol):
    """Charges that Stripe refused before it made an intent. Reads whole tables."""

    def page(self, code: str, *, cursor: str | None) -> Page[Payment]:
        """Those that have failed with this code of Stripe's; a page may be empty. Raises InvalidInputError for a cursor
        that is none.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """All that is kept in DynamoDB."""

    api_keys: ApiKeys
    integrations: Integrations
    customers: Customers
    invoices: Invoices
    due_invoices: DueInvoices
    payments: Payments
    notifications: Notifications
    webhook_endpoints: WebhookEndpointStore
    missed_records: MissedRecords
    refused_charges: RefusedCharges
    figures: Figures
