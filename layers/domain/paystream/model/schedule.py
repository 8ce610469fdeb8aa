"""When an open invoice is looked at again (rule 7 of docs/architecture.md)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from paystream.model.invoice import Invoice
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.standing import WaitingFor

_PAUSES = (
    (timedelta(minutes=15), timedelta(minutes=5)),
    (timedelta(hours=1), timedelta(minutes=15)),
    (timedelta(hours=6), timedelta(hours=1)),
    (timedelta(days=1), timedelta(hours=6)),
)
"""An invoice that is open for less than the first time is looked at again after the second."""

LONGEST_PAUSE = timedelta(hours=24)
"""Of an open invoice, however old it is."""


@dataclass(frozen=True, slots=True)
class DueInvoice:
    """An open invoice whose time has come; `due_at` is that time as it is stored."""

    organization_id: str
    lago_id: str
    due_at: str


FAILED_IS_CLOSED_AFTER = timedelta(days=1)
"""A failure after which nothing is tried automatically: until then a person may still put it right at Stripe."""

_FAILED_IS_LOOKED_AT_EVERY = timedelta(days=7)
_FAILED_IS_LOOKED_AT_FOR = timedelta(days=90)
"""The customer may have another payment method, and the event about it may never come."""

AWAITED_IS_LOOKED_AT_AFTER = timedelta(minutes=15)
"""A refund that is on record and was not sent, or whose outcome is not known; a page that is to be made automatically.
"""

_REFUND_IS_LOOKED_AT_EVERY = timedelta(days=1)
"""While a bank handles it: the event about its end may never come."""

SPENT_IS_RETRIEVED_EVERY = timedelta(days=1)
SPENT_IS_RETRIEVED_FOR = timedelta(days=30)
"""A debit that bounced on a page may be confirmed after all, and the event about it may never come."""

COLLECTED_BY_THEN = timedelta(minutes=15)
"""By this time after its creation the stream has led to an invoice's collection, or something is wrong."""

UNREACHABLE_IS_LOOKED_AT_EVERY = timedelta(days=1)
"""What is to be closed through an account that is not connected: it may come back."""

CLAIMED_FOR = timedelta(minutes=5)
"""No function runs for longer: one that has not come to an end by then has crashed."""

REFUSED_IS_LOOKED_AT_AFTER = timedelta(hours=1)
"""At the latest: what was wrong may be put right by then."""

LONGEST_REQUEST = timedelta(minutes=10)
"""No function runs for longer: what was sent before has arrived at Stripe, or never will."""

OVERDUE_IS_NOTIFIED_AFTER = timedelta(hours=1)
"""What has just come, or begun another attempt, may be paid at once although it is overdue."""

PAGE_IS_EXPIRED_AFTER = timedelta(minutes=1)
"""Stripe expires a checkout session at its time, or a moment later."""


def look_at_page_again_at(invoice: Invoice, expires_at: datetime | None, now: datetime) -> datetime:
    """As any open invoice, but not long after its page has expired."""
    usual = look_again_at(invoice, now)
    expired_at = expires_at + PAGE_IS_EXPIRED_AFTER if expires_at else usual
    return min(usual, expired_at) if now < expired_at else usual


def look_again_at(invoice: Invoice, now: datetime) -> datetime:
    """The longer an invoice is open, the longer the pause. It is open from its creation, or since it was put."""
    opened_at = max(invoice.created_at, invoice.attempt_started_at or invoice.created_at)
    pauses = (pause for younger_than, pause in _PAUSES if now - opened_at < younger_than)
    return now + next(pauses, LONGEST_PAUSE)


def overdue_is_notified_at(invoice: Invoice) -> datetime | None:
    """When it is notified that an invoice is overdue, if it is still owed by then; None if it was, or never will be.

    The same are overdue as in Lago, what is self-billed, too, and what a bank took back is not:
    https://github.com/getlago/lago-api/blob/main/app/services/invoices/payments/mark_overdue_service.rb
    """
    is_known = invoice.overdue_notified_at is not None or invoice.payment_dispute_lost_at is not None
    if is_known or not invoice.is_owed or invoice.overdue_at is None:
        return None
    return max(invoice.overdue_at, (invoice.attempt_started_at or invoice.created_at) + OVERDUE_IS_NOTIFIED_AFTER)


def is_to_be_notified_as_overdue(invoice: Invoice, now: datetime) -> bool:
    """Whether it is time for that."""
    notified_at = overdue_is_notified_at(invoice)
    return notified_at is not None and notified_at <= now


def look_at_refused_again_at(invoice: Invoice, now: datetime) -> datetime:
    """When an invoice is looked at whose attempt Stripe refused for a reason that is the operator's."""
    return max(now + LONGEST_REQUEST, min(look_again_at(invoice, now), now + REFUSED_IS_LOOKED_AT_AFTER))


def look_at_last_attempt_at(payment: Payment | None, now: datetime) -> datetime | None:
    """When an invoice is looked at that was settled otherwise, or given up: at once if its last attempt is to be
    closed, or on its way; later if none is on record, because one may have been sent. None if nothing can come of it.
    """
    if payment is None:
        return now + LONGEST_REQUEST
    if payment.payment_status is PayableStatus.PENDING and payment.link is None:
        return payment.updated_at + LONGEST_REQUEST
    may_end = payment.is_to_be_closed or payment.payment_status is PayableStatus.PROCESSING
    return now if may_end else None


def look_at_ended_again_at(invoice: Invoice, now: datetime) -> datetime | None:
    """When an invoice is looked at again that is not open: of which a refund is under way, or that failed and waits for
    another payment method. None if it is neither, or failed long ago.
    """
    if invoice.refunding_payment_ids:
        return now + _REFUND_IS_LOOKED_AT_EVERY
    failed_for = now - max(invoice.created_at, invoice.attempt_started_at or invoice.created_at)
    is_waiting = invoice.waiting_for is WaitingFor.ANOTHER_PAYMENT_METHOD
    return now + _FAILED_IS_LOOKED_AT_EVERY if is_waiting and failed_for < _FAILED_IS_LOOKED_AT_FOR else None
