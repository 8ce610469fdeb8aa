"""Refuse what a person asks for while nobody knows what comes of an attempt."""

from datetime import datetime

from paystream.errors import NotAllowedError
from paystream.model.invoice import Invoice
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.schedule import LONGEST_REQUEST
from paystream.ports.stores import Stores
from paystream.steps.accounts.connected import integration_of


def refuse_if_being_collected(
    invoice: Invoice,
    payment: Payment | None,
    stores: Stores,
    now: datetime,
    *,
    may_wait_for_customer: bool = True,
    is_given_up: bool = False,
) -> None:
    """Raises NotAllowedError while an attempt may be on its way: what comes of it is not known yet. One that waits for
    the customer can be closed, one that Stripe has refused is at work no more. What waits on a page cannot be closed,
    it can be given up: no other attempt follows it. So can one whose account is not connected any more: there is nobody
    to ask. What comes of it all the same is on record.
    """
    if payment is None:
        is_under_way = invoice.waiting_for is None or invoice.is_claimed(now)
    else:
        is_closable = payment.is_waiting_for_customer and may_wait_for_customer
        was_refused = payment.refused_at is not None and payment.refused_at + LONGEST_REQUEST <= now
        is_under_way = not (is_closable or was_refused or (is_given_up and _can_be_given_up(payment, stores)))
    if invoice.is_open and is_under_way:
        raise being_collected()


def _can_be_given_up(payment: Payment, stores: Stores) -> bool:
    has_failed = payment.payment_status is PayableStatus.FAILED
    return has_failed or payment.waits_on_page or integration_of(payment.organization_id, payment, stores) is None


def being_collected() -> NotAllowedError:
    """Lago's code for it."""
    return NotAllowedError("payment_processor_is_currently_handling_payment")
