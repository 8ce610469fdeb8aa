"""Whether something else takes the place of an attempt that waits for the customer."""

from paystream.model.case import Case, Occasion
from paystream.model.payment import Payment
from paystream.model.received import settles


def is_superseded(case: Case, latest: Payment) -> bool:
    """Whether another attempt takes its place, or it is over more than what is due by now, or of other terms: then it
    is closed.
    """
    is_over_too_much = latest.amount_cents > case.invoice.total_due_amount_cents
    is_otherwise = latest.is_waiting_for_customer and (is_over_too_much or not settles(case.invoice, latest))
    is_known = latest.attempt == case.invoice.attempt
    return is_otherwise or (is_known and (latest.is_to_be_superseded or _has_another(case, latest)))


def _has_another(case: Case, latest: Payment) -> bool:
    """Whether a page follows a failure, and the customer has saved a method meanwhile that can be charged instead."""
    follows = latest.is_open_payment_link and latest.link is not None and latest.link.follows_failure
    is_asked = case.occasion is Occasion.CUSTOMER_CHANGED
    return is_asked and follows and case.account is not None and case.invoice.is_to_be_collected_from(case.customer)
