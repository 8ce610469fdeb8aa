"""Collect what a customer's invoices were waiting for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from paystream.errors import (
    NeedsAttentionError,
    NotFoundError,
    OutcomeUnknownError,
    TooEarlyError,
    VersionConflictError,
)
from paystream.model.case import Occasion
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.moves import claim
from paystream.model.schedule import CLAIMED_FOR, look_again_at
from paystream.model.standing import WaitingFor
from paystream.ports.messages import CollectionQueue
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.connected import integration_for_new
from paystream.steps.accounts.refused_key import wait_for_key
from paystream.steps.attempts.read_invoice import read_invoice
from paystream.use_cases.collecting.collect import collect
from paystream.use_cases.collecting.postpone import postpone
from paystream.use_cases.customers.create_provider_customer import resume_creation


class _ClaimedError(Exception):
    """Another function collects the invoice, or crashed while doing so; which of both is known in so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"claimed for {seconds} more seconds")
        self.seconds = seconds


def collect_waiting(
    organization_id: str,
    external_customer_id: str,
    *,
    stores: Stores,
    gateways: Gateways,
    queue: CollectionQueue,
    clock: Callable[[], datetime],
    time_is_left: Callable[[], bool],
) -> int:
    """Finish what was begun for a customer and collect each waiting invoice, oldest first: what has failed, too, if the
    customer has another payment method now. Returns how many were looked at.

    When no time is left for one more, or Stripe's rate limit is reached, the customer is queued again. So it is for an
    invoice that another function claims: to be looked at once that claim has ended. But where one has failed, the first
    error is raised in the end instead: the queue brings the message again.

    Safe to repeat: what is collected waits no longer. One invoice that fails does not hold back the others. While the
    integration is paused, they wait for its key.
    """
    customer = stores.customers.get(organization_id, external_customer_id)
    if customer is None:
        raise NotFoundError("customer")
    try:
        paused = _finish_creation(customer, stores=stores, gateways=gateways, now=clock())
    except TooEarlyError as early:
        queue.collect_waiting(organization_id, external_customer_id, after_seconds=early.seconds)
        return 0
    round_, is_connected = _Round(), integration_for_new(customer, stores) is not None
    for invoice in stores.invoices.waiting(organization_id, external_customer_id):
        if not time_is_left():
            round_.again_after = [0]
            break
        try:
            if _may_be_collected(invoice, customer):
                _collect_one(
                    invoice,
                    customer,
                    paused,
                    is_connected=is_connected,
                    stores=stores,
                    gateways=gateways,
                    clock=clock,
                )
                round_.looked_at += 1
        except TooEarlyError as early:
            claimed = read_invoice(stores, organization_id, invoice.lago_id)
            postpone(claimed, early.try_again_at, stores=stores, now=clock())
            round_.again_after = [early.seconds]
            break
        except (_ClaimedError, OutcomeUnknownError, VersionConflictError) as error:
            round_.note(error)
    round_.end(customer, queue)
    return round_.looked_at


@dataclass(slots=True)
class _Round:
    """What became of a customer's invoices. `again_after`: in so many seconds something is left to be done."""

    looked_at: int = 0
    errors: list[Exception] = field(default_factory=list)
    again_after: list[float] = field(default_factory=list)

    def note(self, error: Exception) -> None:
        if isinstance(error, _ClaimedError):
            self.again_after.append(error.seconds)
        else:
            self.errors.append(error)

    def end(self, customer: Customer, queue: CollectionQueue) -> None:
        """Raise the first error, or queue the customer again for what is left. Not both: a message that failed comes
        again automatically, and would be two each time.
        """
        if self.errors:
            raise self.errors[0]
        if self.again_after:
            queue.collect_waiting(customer.organization_id, customer.external_id, after_seconds=max(self.again_after))


def _finish_creation(
    customer: Customer, *, stores: Stores, gateways: Gateways, now: datetime
) -> NeedsAttentionError | None:
    """Create the customer at Stripe if that was begun; returns the pause that keeps it from being done."""
    try:
        resume_creation(customer, stores=stores, gateways=gateways, now=now)
    except NeedsAttentionError as paused:
        return paused
    return None


def _may_be_collected(invoice: Invoice, customer: Customer) -> bool:
    """Not if it has failed with all that the customer has, or nobody has asked for it yet."""
    if invoice.waits_for_nobody:
        return False
    is_failed = invoice.waiting_for is WaitingFor.ANOTHER_PAYMENT_METHOD
    return not is_failed or invoice.is_to_be_collected_from(customer)


def _collect_one(
    invoice: Invoice,
    customer: Customer,
    paused: NeedsAttentionError | None,
    *,
    is_connected: bool,
    stores: Stores,
    gateways: Gateways,
    clock: Callable[[], datetime],
) -> None:
    """Collect an invoice; its customer may wait for a key itself. Raises _ClaimedError if another function does."""
    fresh = read_invoice(stores, invoice.organization_id, invoice.lago_id)
    if fresh.is_to_be_collected_from(customer):
        if fresh.is_open and not is_connected:
            # A payment link is open, and nothing could be charged instead of it.
            return
        claimed = _claim(fresh, stores, clock(), due_at=clock())
        _collect(claimed, stores=stores, gateways=gateways, clock=clock)
        return
    if not fresh.is_open:
        return
    if paused:
        wait_for_key(fresh, paused, stores=stores, now=clock())
        return
    is_to_be_claimed = customer.pays_with and is_connected and fresh.waiting_for is not WaitingFor.KEY
    claimed = _claim(fresh, stores, clock()) if is_to_be_claimed else fresh
    _collect(claimed, stores=stores, gateways=gateways, clock=clock)


def _collect(invoice: Invoice, *, stores: Stores, gateways: Gateways, clock: Callable[[], datetime]) -> None:
    """What has failed is due while a new attempt begins: after a crash, or a pause, the schedule brings it up."""
    now = clock()
    collect(
        invoice,
        Occasion.CUSTOMER_CHANGED,
        stores=stores,
        gateways=gateways,
        paused_until=lambda paused: look_again_at(paused, now),
        now=now,
    )


def _claim(invoice: Invoice, stores: Stores, now: datetime, *, due_at: datetime | None = None) -> Invoice:
    """Keep others away for a moment: several events bring the same card, and one call of Stripe is enough.

    Two calls would do no harm, they share their idempotency key. The function that claimed it may have crashed, and its
    message may come again before this time or after it, or be given up: nobody relies on another's message. Only what
    can be charged is claimed: two messages of one customer would wait for each other's claims for ever. The message
    that comes with a payment method must not be kept away; nor must the schedule when a key is connected again.
    """
    claimed_until = invoice.standing.claimed_until
    if claimed_until and now < claimed_until:
        raise _ClaimedError((claimed_until - now).total_seconds())
    try:
        return stores.invoices.save(claim(invoice, now + CLAIMED_FOR, due_at=due_at, now=now))
    except VersionConflictError:
        raise _ClaimedError(CLAIMED_FOR.total_seconds()) from None
