"""When nothing is left to collect, or not now; and when it should have been collected by now."""

from paystream.model.case import Case, Learned, Occasion
from paystream.model.outcome import PayableStatus
from paystream.model.rules.known import is_replaced, spent
from paystream.model.schedule import SPENT_IS_RETRIEVED_EVERY, is_to_be_notified_as_overdue, look_at_ended_again_at
from paystream.model.standing import Stage
from paystream.model.steps import EndWithoutPayment, NotifyOverdue, Rest, Step


def notify_overdue(case: Case) -> Step | None:
    """It is unpaid the day after it was to be paid, and that was not notified yet: nobody is asked for it, so nothing
    that keeps Stripe from answering delays it.
    """
    invoice = case.invoice
    if case.occasion is not Occasion.DUE or not is_to_be_notified_as_overdue(invoice, case.now):
        return None
    until = invoice.standing.otherwise_due_at
    return NotifyOverdue(until if until and until > case.now else None)


def end_without_payment(case: Case) -> Step | None:
    """It is open, and nothing is owed any more."""
    invoice, latest = case.invoice, case.latest
    is_forgotten = latest is not None and is_replaced(case) and latest.payment_status is PayableStatus.SUCCEEDED
    is_ended = invoice.is_open and not invoice.total_due_amount_cents and not is_forgotten
    return EndWithoutPayment() if is_ended else None


def rest(case: Case) -> Step | None:
    """It is not open, and nothing else is to be done about it now."""
    invoice = case.invoice
    if invoice.is_open:
        return None
    until = invoice.next_retry_at or look_at_ended_again_at(invoice, case.now)
    if not (spent(case) or _is_unasked(case)):
        return Rest(until)
    tomorrow = case.now + SPENT_IS_RETRIEVED_EVERY
    return Rest(min(until, tomorrow) if until else tomorrow)


def _is_unasked(case: Case) -> bool:
    """Whether something may have been sent to an account that is not connected: nobody can say what became of it."""
    latest = case.latest
    has_ended = case.invoice.stage in (Stage.PARKED, Stage.SETTLING) and not case.has(Learned.ATTEMPT_LOOKED_UP)
    is_unknown = latest is not None and latest.payment_status is PayableStatus.PENDING and latest.link is None
    return case.has(Learned.NOT_ALL_ASKED) or (is_unknown and has_ended)
