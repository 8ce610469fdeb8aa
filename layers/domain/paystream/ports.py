"""What the use cases need from the outside. `paystream.adapters` has the implementations."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from paystream.model.api_key import ApiKey
from paystream.model.customer import Customer
from paystream.model.integration import Credentials, Integration
from paystream.model.invoice import Invoice
from paystream.model.notification import Notification
from paystream.model.outcome import Outcome
from paystream.model.payment import Payment
from paystream.model.redrive import Portion, StreamConsumer, StreamRecord
from paystream.model.schedule import DueInvoice
from paystream.model.settlement import Settlement

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some records, and the cursor that leads to the next ones."""

    records: tuple[T, ...]
    next_cursor: str | None


class ApiKeys(Protocol):
    """Keys of the organizations, by their hash."""

    def add(self, key: ApiKey) -> None: ...
    def exists(self, organization_id: str, key_hash: str) -> bool: ...


class Integrations(Protocol):
    """Connected Stripe accounts."""

    def get(self, organization_id: str, code: str) -> Integration | None: ...
    def all(self, organization_id: str) -> tuple[Integration, ...]: ...
    def save(self, integration: Integration, notifications: Sequence[Notification] = ()) -> Integration:
        """Write the next version and what has to be told, all or nothing.

        Raises VersionConflictError if what is stored is not what was read: another version, or another life of it.
        """
        ...

    def remove(self, integration: Integration) -> None:
        """Raises VersionConflictError if what is stored is not what was read."""
        ...


class Customers(Protocol):
    """Customers; reads see every earlier write, except `by_provider_id`, which may lag a moment."""

    def get(self, organization_id: str, external_id: str) -> Customer | None: ...
    def by_provider_id(self, organization_id: str, provider_customer_id: str) -> tuple[Customer, ...]: ...
    def page(self, organization_id: str, *, limit: int, cursor: str | None) -> Page[Customer]: ...
    def save(self, customer: Customer, notifications: Sequence[Notification] = ()) -> Customer:
        """Write the next version and what has to be told, all or nothing. Raises VersionConflictError."""
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
        """The plain values of the item as it is now, whoever wrote it."""
        ...

    def create(self, invoice: Invoice) -> None:
        """Store a new invoice and its number, both or neither.

        Raises VersionConflictError if the id is taken, InvalidInputError if the number is.
        """
        ...

    def claim_number(self, invoice: Invoice) -> bool:
        """Give the invoice its number; False if another invoice has it. Repeats are harmless."""
        ...

    def first_taken_in_at(self, organization_id: str, lago_id: str, *, now: datetime) -> datetime:
        """When the invoice was taken in for the first time, whatever became of its item since; now if it never was."""
        ...

    def save(self, invoice: Invoice, notifications: Sequence[Notification] = ()) -> Invoice:
        """Write the next version and what has to be told, all or nothing. Raises VersionConflictError."""
        ...

    def settle(self, settlement: Settlement, notifications: Sequence[Notification]) -> Invoice:
        """Write invoice, payment and notifications, all or nothing. Raises VersionConflictError."""
        ...

    def page(
        self, organization_id: str, *, external_customer_id: str | None, limit: int, cursor: str | None
    ) -> Page[Invoice]: ...
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

    def put_off(self, due: DueInvoice, to: datetime) -> DueInvoice | None:
        """Set the time anew; None if it is not what it was any more: somebody else has set it, or closed the invoice.

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
    """Attempts to collect; they are written by `Invoices.settle`."""

    def get(self, organization_id: str, lago_id: str) -> Payment | None: ...
    def batch(self, organization_id: str, lago_ids: Sequence[str]) -> tuple[Payment, ...]:
        """Those of the payments that there are, in the order of their ids."""
        ...

    def of_invoice(self, organization_id: str, invoice_id: str) -> tuple[Payment, ...]:
        """The payments of an invoice, last attempt first, 100 at most; the newest may be missing for a moment."""
        ...

    def page(self, organization_id: str, *, limit: int, cursor: str | None) -> Page[Payment]: ...


class Notifications(Protocol):
    """The outbox."""

    def add(self, notification: Notification) -> None:
        """Store a notification that belongs to no other write. A repeat is harmless: its id is the same."""
        ...


class RecordSource(Protocol):
    """Stream records that were not handled, kept somewhere."""

    def portions(self, after: str | None) -> Iterator[Portion]:
        """What there is after a cursor, read as it is asked for; portions without records say how far it has come.

        Raises InvalidInputError for a cursor that is not one of this source's.
        """
        ...

    def put_away(self, portion: Portion) -> None:
        """Its records were handled: it does not come again. Repeats are harmless."""
        ...


class MissedRecords(Protocol):
    """What the tables hold and no stream will bring any more. Reads whole tables."""

    def invoices(self, *, now: datetime) -> RecordSource:
        """Items that were put into the invoices table and not taken in; nobody knows how long ago."""
        ...

    def notifications(self, *, since: datetime, until: datetime) -> RecordSource:
        """All notifications that were made between two times, those included: published or not."""
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
    missed_records: MissedRecords


class Secrets(Protocol):
    """Credentials of the integrations, in Secrets Manager."""

    def get(self, integration: Integration, *, fresh: bool = False) -> Credentials | None:
        """None if there are none. What was read a while ago may be answered again, unless it is to be `fresh`."""
        ...

    def put(self, organization_id: str, integration_id: str, credentials: Credentials) -> None: ...
    def remove(self, organization_id: str, integration_id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """An endpoint registered at Stripe; it has its signing secret only in the answer that creates it.

    `usable`: it is enabled, and sends all events that are handled in the version that is read.
    """

    id: str
    url: str
    usable: bool
    signing_secret: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderCustomer:
    """A customer as Stripe knows it, with the payment method that will be charged."""

    id: str
    payment_method_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """One payment intent to create and confirm; `amount_cents` in minor units, `key` is the idempotency key."""

    key: str
    amount_cents: int
    currency: str
    provider_customer_id: str
    payment_method_id: str
    payment_method_types: tuple[str, ...]
    description: str
    metadata: dict[str, str]
    return_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedIntent:
    """A payment intent of an account's list. `payment_id` is what its metadata name: anybody may have written it who
    may write to the account.
    """

    payment_id: str | None
    provider_customer_id: str | None
    outcome: Outcome


class PaymentGateway(Protocol):
    """One Stripe account, reached with one key, at the pace that it allows.

    Every call may raise KeyRefusedError, OutcomeUnknownError and its kind RateLimitedError; those that change something
    also ProviderRefusedError.
    """

    def account_id(self) -> str: ...
    def webhook_endpoints(self) -> tuple[WebhookEndpoint, ...]: ...
    def create_webhook_endpoint(self, url: str) -> WebhookEndpoint: ...
    def delete_webhook_endpoint(self, endpoint_id: str) -> None: ...
    def customer(self, provider_customer_id: str) -> ProviderCustomer | None:
        """The customer with its payment method; None if this account has no such customer or deleted it."""
        ...

    def create_customer(self, params: dict[str, Any], idempotency_key: str) -> str:
        """Create a customer and return its id. Raises ParametersChangedError besides."""
        ...

    def update_customer(self, provider_customer_id: str, params: dict[str, Any]) -> None: ...
    def find_customer(self, *, lago_customer_id: str, since: datetime) -> str | None:
        """The id of the customer created for ours since then, if there is one."""
        ...

    def set_default_payment_method(self, provider_customer_id: str, payment_method_id: str) -> None: ...
    def collect(self, request: PaymentRequest) -> Outcome:
        """Create and confirm a payment intent off session. A decline is an outcome."""
        ...

    def payment(self, intent_id: str) -> Outcome | None:
        """What has become of an intent; None if this account has no such intent. Changes nothing."""
        ...

    def find_payment(self, *, payment_id: str, provider_customer_id: str, since: datetime) -> Outcome | None:
        """Look a payment up by listing the customer's intents, matched on metadata; None if Stripe has none."""
        ...

    def intents(self, *, since: datetime, until: datetime, cursor: str | None) -> Page[ListedIntent]:
        """The account's intents that were created in these seconds, the newest first, 100 at most."""
        ...


class Gateways(Protocol):
    """Leads to the gateway of an integration."""

    def of(self, integration: Integration) -> PaymentGateway:
        """A gateway that follows a rotation: a refused key is read again once, and a new one is used.

        Raises KeyRefusedError if the integration has no credentials.
        """
        ...

    def with_key(self, secret_key: str) -> PaymentGateway: ...


class CollectionQueue(Protocol):
    """Work to be done soon, outside of the request that found it."""

    def collect_waiting(self, organization_id: str, external_customer_id: str, *, after_seconds: float = 0) -> None: ...
    def resume_collection(self, organization_id: str, integration_id: str, *, cursor: str | None = None) -> None:
        """What waits for the integration's secret key is to be due, from this cursor of `DueInvoices.paused` on."""
        ...


class DueQueue(Protocol):
    """Open invoices to be looked at again. Taken in turns, so that no organization waits for another one's many."""

    def hand_out(self, due: Sequence[DueInvoice], at: datetime) -> tuple[DueInvoice, ...]:
        """Send the invoices in their order, those of an organization together; returns those that were not taken."""
        ...


class Publisher(Protocol):
    """The topic."""

    def publish(self, notifications: Sequence[Notification]) -> tuple[Notification, ...]:
        """Send the notifications and return those that were not taken."""
        ...


class StreamConsumers(Protocol):
    """The functions that handle streams, given records by hand."""

    def handle(self, consumer: StreamConsumer, records: Sequence[StreamRecord]) -> tuple[StreamRecord, ...]:
        """Hand the records over as the stream would, ten at most, and wait; returns those that were not handled.

        If nothing is known, because the function failed or did not answer, that is all of them.
        """
        ...
