"""Collect what a customer's invoices were waiting for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from paystream.errors import (
    NeedsAttentionError,
    NotFoundError,
    OutcomeUnknownError,
    TooEarlyError,
    VersionConflictError,
)
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice, WaitingFor
from paystream.ports.messages import CollectionQueue
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.use_cases.collect_invoice import collect_now
from paystream.use_cases.create_provider_customer import resume_creation
from paystream.use_cases.put_off import put_off
from paystream.use_cases.record_outcome import read_invoice
from paystream.use_cases.refused_key import wait_for_key

CLAIMED_FOR = timedelta(minutes=5)
"""No function runs for longer; the message of one that crashed comes back later than that."""


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
    """Finish what was begun for a customer and collect each waiting invoice, oldest first; returns how many were
    looked at.

    When no time is left for one more, or Stripe's rate limit is reached, the customer is queued again.

    Safe to repeat: what is collected waits no longer. One invoice that fails does not hold back the others; the first
    error is raised in the end. While the integration is paused, they wait for its key.
    """
    customer = stores.customers.get(organization_id, external_customer_id)
    if customer is None:
        raise NotFoundError("customer")
    try:
        paused = _finish_creation(customer, stores=stores, gateways=gateways, now=clock())
    except TooEarlyError as early:
        queue.collect_waiting(organization_id, external_customer_id, after_seconds=early.seconds)
        return 0
    looked_at, errors = 0, []
    for invoice in stores.invoices.waiting(organization_id, external_customer_id):
        if not time_is_left():
            queue.collect_waiting(organization_id, external_customer_id)
            break
        try:
            looked_at += _collect_one(invoice, customer, paused, stores=stores, gateways=gateways, clock=clock)
        except TooEarlyError as early:
            claimed = read_invoice(stores, organization_id, invoice.lago_id)
            put_off(claimed, early.try_again_at, stores=stores, now=clock())
            queue.collect_waiting(organization_id, external_customer_id, after_seconds=early.seconds)
            break
        except (OutcomeUnknownError, VersionConflictError) as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return looked_at


def _finish_creation(
    customer: Customer, *, stores: Stores, gateways: Gateways, now: datetime
) -> NeedsAttentionError | None:
    """Create the customer at Stripe if that was begun; returns the pause that keeps it from being done."""
    try:
        resume_creation(customer, stores=stores, gateways=gateways, now=now)
    except NeedsAttentionError as paused:
        return paused
    return None


def _collect_one(
    invoice: Invoice,
    customer: Customer,
    paused: NeedsAttentionError | None,
    *,
    stores: Stores,
    gateways: Gateways,
    clock: Callable[[], datetime],
) -> int:
    """Collect an invoice unless somebody else does; how many were looked at. Its customer may wait for a key itself."""
    fresh = read_invoice(stores, invoice.organization_id, invoice.lago_id)
    if paused:
        wait_for_key(fresh, paused, stores=stores, now=clock())
        return 1
    is_to_be_claimed = customer.payment_method_id and fresh.waiting_for is not WaitingFor.KEY
    claimed = _claim(fresh, stores, clock()) if is_to_be_claimed else fresh
    if claimed is None:
        return 0
    collect_now(claimed, stores=stores, gateways=gateways, now=clock())
    return 1


def _claim(invoice: Invoice, stores: Stores, now: datetime) -> Invoice | None:
    """Keep others away for a moment: several events bring the same card, and one call of Stripe is enough.

    Two calls would do no harm, they share their idempotency key. Whoever claimed and crashed gets its message again.
    Without a payment method nothing is claimed: the message that comes with one must not be kept away. Nor is what
    waits for a key: the schedule must not be kept away when it is connected again.
    """
    if invoice.claimed_until and now < invoice.claimed_until:
        return None
    try:
        return stores.invoices.save(replace(invoice, claimed_until=now + CLAIMED_FOR, updated_at=now))
    except VersionConflictError:
        return None
