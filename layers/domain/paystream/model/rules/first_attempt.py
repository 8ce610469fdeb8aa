"""The first attempt, where it is not on record: it may have been sent all the same."""

from paystream.model.case import Case, Learned, Occasion
from paystream.model.customer import Customer
from paystream.model.standing import Stage
from paystream.model.steps import LookUpFirstAttempt, ResumeCreation, Step


def resume_creation(case: Case) -> Step | None:
    """The customer is to be created at Stripe, and nothing was sent for the invoice, or all of it was refused."""
    is_refused = case.occasion is Occasion.DUE and case.latest is not None and case.latest.refused_at is not None
    customer = case.customer if is_refused else whose_first_attempt_is_not_on_record(case)
    if customer is None or customer.creation is None or not case.invoice.is_open:
        return None
    return None if case.has(Learned.CREATION_RESUMED) else ResumeCreation(customer)


def look_up_first_attempt(case: Case) -> Step | None:
    """The first attempt is not on record, and is not sent again: the invoice waits, or has ended."""
    customer = whose_first_attempt_is_not_on_record(case)
    is_sent_again = case.invoice.is_open and case.invoice.waiting_for is None
    if is_sent_again or case.has(Learned.FIRST_ATTEMPT_LOOKED_UP):
        return None
    return LookUpFirstAttempt(customer) if customer or _is_unnamed(case) else None


def _is_unnamed(case: Case) -> bool:
    """Whether a mistake replaced the item, which does not even say who pays."""
    is_known = case.customer is not None or case.latest is not None
    return case.occasion is Occasion.DUE and case.invoice.stage is Stage.PARKED and not is_known


def whose_first_attempt_is_not_on_record(case: Case) -> Customer | None:
    """The customer of an invoice that is due, if no attempt of it is on record; None if one is, or nobody is known."""
    return case.customer if case.occasion is Occasion.DUE and case.latest is None else None
