"""An invoice: what is owed, and how far its collection has come."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from paystream.model.customer import Customer
from paystream.model.last_failure import LastFailure
from paystream.model.payment_method_types import MOST_TRIES
from paystream.model.standing import InvoiceStatus, PaymentStatus, Stage, Standing, WaitingFor

MOST_REJECTED = 10_000
MOST_DECLINES_KEPT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """One line of an invoice; amounts in minor units."""

    add_on_code: str
    units: str
    unit_amount_cents: int
    amount_cents: int
    name: str | None = None
    description: str | None = None
    invoice_display_name: str | None = None


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
class FormerCustomer:
    """A customer of whom the item said that it pays, until another item replaced it: between these times the first
    attempt may have been sent for it.
    """

    external_customer_id: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """Amounts are integers in the currency's minor unit as Stripe defines it.

    `payment_due_date` is None where it is the `issuing_date`; `net_payment_term` are the days between them.
    `overdue_notified_at` is when it was notified that it is overdue, which it is once.
    `standing` says where its collection is. `attempt` counts the payments made for it; `attempt_started_at` is the
    earliest time at which the idempotency key of that attempt can have been used. `declined_payment_method_ids` are the
    methods that were charged without success, once for each time, the latest MOST_DECLINES_KEPT.
    `outdated_payment_method_id` is the one that was charged last, if its data on file were out of date at
    `outdated_since`.
    `refunding_payment_ids` are its payments of which a refund is under way. `chosen_payment_method_id` is Lago's id of
    the payment method that the next attempt is to charge, instead of the customer's default; `own_payment_method_id` is
    that of all its attempts, unless a request chooses another for one. With `skip_psp` nothing is sent to Stripe that
    nobody has asked for, not after a failure either; of what is `self_billed` nothing ever is. `rejected` keeps what
    was put into the table and is not as the contract says, as JSON text cut to MOST_REJECTED characters.
    `former_customers` are those of the items that this one replaced. `last_failure` is why it was not collected the
    last time that was tried, `page_open_until` when the page expires on which the customer can pay, and `ended_at` when
    it was paid, voided or given up, until it is tried again; what was written before these were kept has none.
    `version` is 0 until Paystream has written the invoice for the first time.
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
    purchase_order_number: str | None = None
    net_payment_term: int = 0
    payment_due_date: date | None = None
    standing: Standing = field(metadata={"flat": True})
    voided_at: datetime | None = None
    payment_dispute_lost_at: datetime | None = None
    overdue_notified_at: datetime | None = None
    total_paid_amount_cents: int = 0
    total_refunded_amount_cents: int = 0
    attempt: int = 0
    attempt_started_at: datetime | None = None
    declined_payment_method_ids: tuple[str, ...] = ()
    outdated_payment_method_id: str | None = None
    outdated_since: datetime | None = None
    chosen_payment_method_id: str | None = None
    own_payment_method_id: str | None = None
    skip_psp: bool = False
    self_billed: bool = False
    refunding_payment_ids: tuple[str, ...] = ()
    problem: Problem | None = None
    rejected: str | None = None
    former_customers: tuple[FormerCustomer, ...] = ()
    last_failure: LastFailure | None = None
    page_open_until: datetime | None = None
    ended_at: datetime | None = None
    sequential_id: int | None = None
    request_hash: str | None = None
    fees: tuple[Fee, ...] = ()
    metadata: tuple[MetadataEntry, ...] = field(default=())
    version: int = 0

    @property
    def stage(self) -> Stage:
        """Where its collection is."""
        return self.standing.stage

    @property
    def status(self) -> InvoiceStatus:
        """Lago's status."""
        return self.standing.status

    @property
    def payment_status(self) -> PaymentStatus:
        """Lago's payment status."""
        return self.standing.payment_status

    @property
    def due_at(self) -> datetime | None:
        """When it is looked at again."""
        return self.standing.due_at

    @property
    def next_retry_at(self) -> datetime | None:
        """When a new attempt begins automatically."""
        return self.standing.next_retry_at

    @property
    def waiting_for(self) -> WaitingFor | None:
        """What brings it up before it is due."""
        return self.standing.waiting_for

    @property
    def waits_for_nobody(self) -> bool:
        """Whether nothing that comes for its customer has it collected: it is self-billed, or waits for a request."""
        return self.waiting_for in (WaitingFor.REQUEST, WaitingFor.NOTHING)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be collected: then it has a `due_at`."""
        is_owed = self.status is InvoiceStatus.FINALIZED and self.stage is not Stage.PARKED
        return is_owed and self.payment_status is PaymentStatus.PENDING

    @property
    def is_owed(self) -> bool:
        """Whether money is to come for it, be it collected or not: it is neither paid, nor voided, nor parked."""
        is_collectable = self.status is InvoiceStatus.FINALIZED and self.stage is not Stage.PARKED
        return is_collectable and self.payment_status is not PaymentStatus.SUCCEEDED

    @property
    def due_date(self) -> date:
        """When it is to be paid."""
        return self.payment_due_date or self.issuing_date

    @property
    def overdue_at(self) -> datetime | None:
        """When the day after it was to be paid begins (UTC); None if that is beyond the calendar."""
        if self.due_date == date.max:
            return None
        return datetime.combine(self.due_date + timedelta(days=1), time(), UTC)

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been paid by now, and was not.

        Source: https://github.com/getlago/lago-api/blob/main/app/jobs/clock/mark_invoices_as_payment_overdue_job.rb
        """
        return self.is_owed and self.payment_dispute_lost_at is None and self.due_date < now.date()

    @property
    def has_replaced_another(self) -> bool:
        """Whether its item has replaced an older one, of which an attempt may have been sent."""
        return self.attempt_started_at is not None and self.attempt_started_at < self.created_at

    def is_claimed(self, now: datetime) -> bool:
        """Whether a function is collecting what had been waiting."""
        return self.standing.claimed_until is not None and now < self.standing.claimed_until

    def is_to_be_collected_with(self, payment_method_id: str | None) -> bool:
        """Whether it has failed, and this is another method than those that were charged without success. So it is
        while a page is open that nobody asked for.

        Where it is not known what was charged, no method is known to be another one.
        """
        is_waiting = self.waiting_for is WaitingFor.ANOTHER_PAYMENT_METHOD
        return is_waiting and self.was_not_charged_with(payment_method_id)

    def is_to_be_collected_from(self, customer: Customer | None) -> bool:
        """Whether it has failed, and the customer pays with another method by now, or with the same one, whose data
        were out of date and are renewed.
        """
        if customer is None:
            return False
        return self.is_to_be_collected_with(customer.pays_with) or self._is_cured(customer)

    def _is_cured(self, customer: Customer) -> bool:
        """By each renewal once."""
        method, since, renewal = self.outdated_payment_method_id, self.outdated_since, customer.renewal
        if method is None or since is None or renewal is None or method != customer.pays_with:
            return False
        is_renewed = renewal.payment_method_id == method and renewal.at > since
        is_waiting = self.waiting_for is WaitingFor.ANOTHER_PAYMENT_METHOD
        return is_waiting and is_renewed and self.declined_payment_method_ids.count(method) < MOST_TRIES

    def was_not_charged_with(self, payment_method_id: str | None) -> bool:
        """Whether there is a payment method, and it is another one than those that were charged without success."""
        if payment_method_id is None:
            return False
        return not {"", payment_method_id} & {*self.declined_payment_method_ids}

    @property
    def total_due_amount_cents(self) -> int:
        """What is still owed, in minor units."""
        return max(self.total_amount_cents - self.total_paid_amount_cents, 0)
