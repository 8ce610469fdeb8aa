"""Collect once more what has failed by a code of Stripe's that was the operator's fault."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from paystream.errors import NotAllowedError, VersionConflictError
from paystream.model.payment import Payment
from paystream.model.standing import PaymentStatus
from paystream.ports.messages import DueQueue
from paystream.ports.stores import Stores
from paystream.use_cases.invoices.retry_payment import retry_payment
from paystream.use_cases.notifications.redrive_records import DRY_RUN, MOST_LEFT, Left, Redriven


@dataclass(frozen=True, slots=True)
class Refused:
    """Which are meant: those that have failed with a code. A dry run changes nothing."""

    code: str
    dry_run: bool


def retry_refused(
    refused: Refused,
    *,
    stores: Stores,
    queue: DueQueue,
    cursor: str | None,
    has_time: Callable[[], bool],
    now: datetime,
) -> Redriven:
    """Ask for a new attempt of each invoice whose last one has failed so, and which is owed. Safe to repeat: what was
    asked for is not asked for again.
    """
    handled, left = 0, list[Left]()
    while True:
        page = stores.refused_charges.page(refused.code, cursor=cursor)
        for payment in page.records:
            if len(left) >= MOST_LEFT or not has_time():
                return Redriven(handled, tuple(left), done=False, next_cursor=cursor)
            if _has_failed_by_it(payment, stores, now):
                reason = DRY_RUN if refused.dry_run else _retry(payment, stores, queue, now)
                left += [Left(reason, f"{payment.organization_id}/{payment.invoice_id}")] if reason else []
                handled += reason is None
        cursor = page.next_cursor
        if cursor is None or not has_time():
            return Redriven(handled, tuple(left), done=cursor is None, next_cursor=cursor)


def _has_failed_by_it(payment: Payment, stores: Stores, now: datetime) -> bool:
    invoice = stores.invoices.get(payment.organization_id, payment.invoice_id)
    if invoice is None or not invoice.is_owed or (invoice.next_retry_at and invoice.next_retry_at <= now):
        return False
    return invoice.payment_status is PaymentStatus.FAILED and invoice.attempt == payment.attempt


def _retry(payment: Payment, stores: Stores, queue: DueQueue, now: datetime) -> str | None:
    """Why it stays as it was; None if a new attempt follows, or who waits for one was notified why none does."""
    try:
        retry_payment(payment.organization_id, payment.invoice_id, stores=stores, queue=queue, now=now)
    except NotAllowedError as refused:
        return f"not tried: {refused.code}"
    except VersionConflictError:
        return "not tried: it was changed meanwhile; run this again"
    return None
