"""Look at a due invoice again, because nothing came of it until now: no event, no definite answer, no customer."""

from datetime import datetime

from paystream.errors import KeyRefusedError, NotFoundError, OutcomeUnknownError, TooEarlyError
from paystream.model.case import Occasion
from paystream.model.declines import is_hard
from paystream.model.invoice import Invoice
from paystream.model.moves import resume
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.received import is_forgotten
from paystream.model.schedule import AWAITED_IS_LOOKED_AT_AFTER, is_to_be_notified_as_overdue, look_again_at
from paystream.model.standing import Stage
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.attempts.read_payments import attempts_of, payments_besides
from paystream.steps.attempts.record_outcome import record_outcome
from paystream.use_cases.collecting.collect import collect
from paystream.use_cases.collecting.postpone import postpone


def collect_due(
    organization_id: str,
    lago_id: str,
    *,
    handed_out_at: datetime,
    stores: Stores,
    gateways: Gateways,
    now: datetime,
) -> Invoice | None:
    """Settle the invoice if Stripe knows more, else postpone it; None if there is nothing to do, or it is claimed.

    Nothing is lost with a message: as long as the invoice is open it has a time at which it comes up again. So a
    message is void once the invoice was written after it was handed out. One that finds no turn at Stripe is postponed
    for a short time. Raises OutcomeUnknownError, KeyRefusedError and NotFoundError (of a customer's integration) after
    postponing the invoice, VersionConflictError.
    """
    invoice = stores.invoices.get(organization_id, lago_id)
    if invoice is None or not is_to_be_looked_at(invoice, handed_out_at, now):
        return None
    try:
        seen = collect(
            invoice,
            Occasion.DUE,
            stores=stores,
            gateways=gateways,
            paused_until=lambda paused: _look_again_at(paused, now),
            now=now,
        )
    except TooEarlyError as early:
        return postpone(invoice, early.try_again_at, stores=stores, now=now)
    except (KeyRefusedError, NotFoundError, OutcomeUnknownError):
        postpone(invoice, _look_again_at(invoice, now), stores=stores, now=now)
        raise
    return postpone(seen, look_again_at(seen, now), stores=stores, now=now) if seen.version == invoice.version else seen


def _look_again_at(invoice: Invoice, now: datetime) -> datetime:
    """Where Stripe gave no answer: soon if money is to go back, or a page is to be made."""
    usual = look_again_at(invoice, now)
    is_awaited = invoice.stage is Stage.AUTHENTICATION_LINK_DUE or invoice.refunding_payment_ids
    return min(usual, now + AWAITED_IS_LOOKED_AT_AFTER) if is_awaited else usual


def _is_put_back(invoice: Invoice, stores: Stores) -> bool:
    attempts, (history, besides) = attempts_of(invoice, stores), payments_besides(invoice, stores)
    return invoice.is_owed and is_forgotten(invoice, (*attempts, *besides), history)


def is_to_be_looked_at(invoice: Invoice, handed_out_at: datetime, now: datetime) -> bool:
    """Whether it is as it was when it was handed out, and nobody is collecting it."""
    return invoice.due_at is not None and invoice.updated_at < handed_out_at and not invoice.is_claimed(now)


def settle_found(
    invoice: Invoice, payment: Payment, outcome: Outcome, *, stores: Stores, now: datetime
) -> Invoice | None:
    """What `collect_due` does after asking Stripe, for an outcome that is known without asking; None if it is left to
    that one: a backup was put over the item, and it gets its state back first; another method may take the place of
    the one that was declined; or it is to be notified that it is overdue, unless it is paid.

    Raises NotFoundError if there is no customer, VersionConflictError.
    """
    is_overdue = outcome.status is not PayableStatus.SUCCEEDED and is_to_be_notified_as_overdue(invoice, now)
    if is_overdue or _is_put_back(invoice, stores):
        return None
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    if customer is None:
        raise NotFoundError("customer")
    if customer.fallback_consent and is_hard(outcome.failure):
        return None
    seen = record_outcome(
        resume(invoice), payment, outcome, customer=customer, find_other=_no_other, stores=stores, now=now
    )
    return postpone(seen, look_again_at(seen, now), stores=stores, now=now) if seen.version == invoice.version else seen


def _no_other(*_: object) -> None:
    """Another method is out of the question here; what was declined is remembered all the same."""
