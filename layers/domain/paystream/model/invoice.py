"""An invoice: what is owed, and how far its collection has come."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

MOST_REJECTED = 10_000
MOST_DECLINES_KEPT = 50


class PaymentStatus(StrEnum):
    """Lago's `payment_status`. `SUCCEEDED` is final."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class InvoiceStatus(StrEnum):
    """Lago's `status`. What is `VOIDED` is owed no more, and stays so."""

    FINALIZED = "finalized"
    VOIDED = "voided"


class WaitingFor(StrEnum):
    """What a pending invoice waited for when it was last looked at, or a failed one waits for: when that comes, the
    invoice is collected.
    """

    CUSTOMER = "customer"
    INTEGRATION = "integration"
    PROVIDER_CUSTOMER = "provider_customer"
    PAYMENT_METHOD = "payment_method"
    ANOTHER_PAYMENT_METHOD = "another_payment_method"
    KEY = "secret_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """One line of an invoice; amounts in minor units."""

    add_on_code: str
    units: str
    unit_amount_cents: int
    amount_cents: int
    name: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataEntry:
    """A pair the organization keeps with its invoice."""

    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why an item that was put into the invoices table cannot be collected: it is parked until it is put right."""

    code: str
    details: dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """Amounts are integers in the currency's minor unit as Stripe defines it.

    `attempt` counts the payments made for it; `attempt_started_at` is the earliest time at which the idempotency key
    of that attempt can have been used. `due_at` is when an open invoice is looked at again. One that is not open has it
    while something is to be done about its last attempt, which failed: it is closed at Stripe, and if the invoice is
    owed a new one follows. `next_retry_at` is when that is to begin by itself, with `planned_payment_method_id` if it
    was planned; while a payment link is open both are kept for the time after. `link_follows`: its last charge failed
    because the customer has to authenticate, and a payment link is to be made by itself. `declined_payment_method_ids`
    are the methods that were charged in vain, once for each time, the latest MOST_DECLINES_KEPT. Until `claimed_until`
    somebody is collecting what had been waiting. `paused_integration_id` is the integration whose secret key it waits
    for. `refunding_payment_ids` are its payments of which a refund is under way.
    `chosen_payment_method_id` is Lago's id of the payment method that the next attempt is to charge, instead of the
    customer's default. `rejected` keeps what was put into the table and is not as the contract says, as JSON text cut
    to MOST_REJECTED characters. `version` is 0 until Paystream has written the invoice for the first time.
    """

    organization_id: str
    lago_id: str
    external_customer_id: str
    number: str
    currency: str
    total_amount_cents: int
    created_at: datetime
    updated_at: datetime
    issuing_date: date
    status: InvoiceStatus = InvoiceStatus.FINALIZED
    voided_at: datetime | None = None
    payment_dispute_lost_at: datetime | None = None
    payment_status: PaymentStatus = PaymentStatus.PENDING
    total_paid_amount_cents: int = 0
    total_refunded_amount_cents: int = 0
    attempt: int = 0
    attempt_started_at: datetime | None = None
    due_at: datetime | None = None
    next_retry_at: datetime | None = None
    planned_payment_method_id: str | None = None
    link_follows: bool = False
    declined_payment_method_ids: tuple[str, ...] = ()
    waiting_for: WaitingFor | None = None
    paused_integration_id: str | None = None
    claimed_until: datetime | None = None
    chosen_payment_method_id: str | None = None
    refunding_payment_ids: tuple[str, ...] = ()
    problem: Problem | None = None
    rejected: str | None = None
    sequential_id: int | None = None
    request_hash: str | None = None
    fees: tuple[Fee, ...] = ()
    metadata: tuple[MetadataEntry, ...] = field(default=())
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is still to be collected: then it has a `due_at`."""
        is_owed = self.status is InvoiceStatus.FINALIZED and self.problem is None
        return is_owed and self.payment_status is PaymentStatus.PENDING

    @property
    def is_to_be_retried(self) -> bool:
        """Whether a new attempt is to begin by itself, once it is time."""
        is_owed = self.status is InvoiceStatus.FINALIZED and self.payment_status is PaymentStatus.FAILED
        return is_owed and self.next_retry_at is not None

    @property
    def is_to_be_linked(self) -> bool:
        """Whether a payment link is to follow by itself."""
        is_owed = self.status is InvoiceStatus.FINALIZED and self.payment_status is PaymentStatus.FAILED
        return is_owed and self.link_follows

    def is_to_be_collected_with(self, payment_method_id: str | None) -> bool:
        """Whether it has failed, and this is another method than those that were charged in vain. So it is while a link
        is open that nobody asked for.

        Where it is not known what was charged, no method is known to be another one.
        """
        if self.waiting_for is not WaitingFor.ANOTHER_PAYMENT_METHOD or payment_method_id is None:
            return False
        return not {"", payment_method_id} & {*self.declined_payment_method_ids}

    @property
    def total_due_amount_cents(self) -> int:
        """What is still owed, in minor units."""
        return max(self.total_amount_cents - self.total_paid_amount_cents, 0)
