"""What must be known before anything is decided: what became of the attempts on record."""

from paystream.model.case import Case, Learned, Occasion
from paystream.model.invoice import Invoice
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.received import is_forgotten, paid_otherwise
from paystream.model.rules.superseded import is_superseded
from paystream.model.schedule import LONGEST_REQUEST, SPENT_IS_RETRIEVED_FOR
from paystream.model.standing import Stage, WaitingFor
from paystream.model.steps import LookUp, Restore, Retrieve, RetrieveSpent, Step


def restore(case: Case) -> Step | None:
    """The item was replaced, and an attempt that has an outcome is on record, or something else that it does not know.
    An attempt without an outcome goes on first, unless it never was at Stripe, and other money parks the item.
    """
    latest, on_record = case.latest, (*case.attempts, *case.besides)
    is_unknown = latest is not None and latest.payment_status is PayableStatus.PENDING and is_replaced(case)
    never_was = is_unknown and case.has(Learned.ATTEMPT_LOOKED_UP)
    goes_on = is_unknown and not (never_was and paid_otherwise(case.invoice, on_record, case.history))
    if case.followed_for is None or goes_on or not case.invoice.is_owed:
        return None
    return Restore(case.followed_for) if is_forgotten(case.invoice, on_record, case.history) else None


def retrieve(case: Case) -> Step | None:
    """The last attempt is on its way at Stripe; or any of an item that is parked by now."""
    latest = case.latest
    if case.occasion is not Occasion.DUE or latest is None or case.followed_for is None:
        return None
    is_followed = is_on_its_way(case.invoice, latest) and not is_superseded(case, latest)
    followed = processing(case) if case.invoice.stage is Stage.PARKED else [latest] if is_followed else []
    rest = [one for one in followed if one.lago_id not in case.retrieved]
    return Retrieve(rest[-1], case.followed_for) if rest else None


def look_up(case: Case) -> Step | None:
    """The last attempt may have been sent, no answer is known, and the item that it was for is there no more."""
    latest, payer = case.latest, case.payer_of(case.latest)
    if case.occasion is not Occasion.DUE or case.invoice.stage not in (Stage.PARKED, Stage.SETTLING) or latest is None:
        return None
    is_unknown = latest.payment_status is PayableStatus.PENDING and latest.link is None
    if not is_unknown or isinstance(payer, WaitingFor) or case.has(Learned.ATTEMPT_LOOKED_UP):
        return None
    return LookUp(latest, payer, latest.updated_at + LONGEST_REQUEST)


def retrieve_spent(case: Case) -> Step | None:
    """A payment has failed on a page that was completed: Stripe cancels it not, and a bank may still pay it."""
    if case.occasion is not Occasion.DUE or case.invoice.is_open or case.followed_for is None:
        return None
    rest = [one for one in spent(case) if one.lago_id in case.sent_through and one.lago_id not in case.retrieved]
    return RetrieveSpent(rest[0], case.followed_for) if rest else None


def is_on_its_way(invoice: Invoice, latest: Payment) -> bool:
    """Whether it is the last attempt and at work at Stripe.

    Not so if the invoice's item was replaced since: it gets its state back first. Nor if it waits for the customer,
    and the invoice is settled otherwise: then it is closed.
    """
    is_to_be_closed = latest.requires_action and not invoice.is_open
    is_latest = latest.attempt == invoice.attempt
    return latest.payment_status is PayableStatus.PROCESSING and is_latest and not is_to_be_closed


def is_replaced(case: Case) -> bool:
    """Whether the item does not know its last attempt, because it replaced the one that did."""
    return case.latest is not None and case.latest.attempt > case.invoice.attempt


def processing(case: Case) -> list[Payment]:
    """The attempts on record that are on their way at Stripe or wait for the customer, by their numbers."""
    return [one for one in case.attempts if one.payment_status is PayableStatus.PROCESSING]


def spent(case: Case) -> list[Payment]:
    """The attempts on record that are spent, and young enough to be asked for again, by their numbers."""
    since = case.now - SPENT_IS_RETRIEVED_FOR
    return [one for one in case.attempts if one.is_spent and one.created_at > since]
