"""Write down what needs no answer of Stripe: an attempt begins, a plan ends, an invoice waits or rests."""

from dataclasses import replace
from datetime import datetime

from paystream.errors import NeedsAttentionError, NotFoundError
from paystream.lago.invoice_notifications import (
    collection_refused,
    payment_method_missing,
    payment_overdue,
    payment_status_updated,
    settlement_notifications,
)
from paystream.model.attempts import new_payment
from paystream.model.case import Case, Payer
from paystream.model.invoice import Invoice
from paystream.model.last_failure import LastFailure, refusal_of
from paystream.model.moves import claim, move, pause, postpone
from paystream.model.notification import Notification, WebhookType
from paystream.model.payment import Payment
from paystream.model.rules.beginning import NO_SUCH_METHOD
from paystream.model.schedule import (
    CLAIMED_FOR,
    look_again_at,
    look_at_ended_again_at,
    look_at_last_attempt_at,
    look_at_refused_again_at,
)
from paystream.model.settlement import Settlement
from paystream.model.standing import Stage, WaitingFor
from paystream.steps.accounts.refused_key import is_still_paused
from paystream.steps.attempts.choose_method import origin_of, with_method
from paystream.steps.attempts.run import Run
from paystream.steps.pages.begin_payment_link import begin_payment_link


def closed(case: Case, attempt: Payment, run: Run) -> Case:
    """The attempt is closed at Stripe. It is written with what follows, unless another one is to be written, too."""
    invoice = case.invoice
    if case.closed:
        invoice = run.stores.invoices.settle(Settlement(replace(invoice, updated_at=run.now), case.closed, ()), ())
    return replace(case.with_payment(attempt), invoice=invoice, closed=attempt)


def claim_waiting(case: Case, run: Run) -> Case:
    """Others see that what had been waiting is being collected."""
    claimed = claim(case.invoice, run.now + CLAIMED_FOR, now=run.now)
    return replace(case, invoice=run.stores.invoices.save(claimed))


def reopen(case: Case, run: Run) -> Case:
    """The attempt that was never sent, or whose outcome is not known, goes on."""
    owed = _with_no_choice(case.invoice)
    opened = move(owed, Stage.IN_FLIGHT, due_at=look_again_at(owed, run.now), now=run.now)
    return replace(case, invoice=_save(case, opened, (), run), closed=None)


def begin(case: Case, after: Payment, payer: Payer, run: Run) -> Case:
    """The next attempt is on record before anything is sent. The chosen method may be gone: then the plan ends."""
    try:
        payer = with_method(case, payer, after, run)
    except NotFoundError:
        return end_plan(case, NO_SUCH_METHOD, run)
    origin = origin_of(case, payer)
    attempted = replace(_with_no_choice(case.invoice), attempt=case.invoice.attempt + 1, attempt_started_at=run.now)
    payment = replace(
        new_payment(attempted, payer, attempted.attempt, run.now),
        method_origin=origin,
        by_schedule=case.invoice.standing.planned_payment_method_id == (payer.customer.payment_method_id or ""),
    )
    settlement = Settlement(
        move(attempted, Stage.IN_FLIGHT, due_at=look_again_at(attempted, run.now), now=run.now),
        payment,
        (WebhookType.INVOICE_PAYMENT_STATUS_UPDATED,),
        case.closed,
        begins=True,
    )
    notifications = settlement_notifications(settlement, payer.customer, run.now)
    return _begun(case, run.stores.invoices.settle(settlement, notifications, payer=payer), payment, payer)


def begin_page(case: Case, payer: Payer, run: Run) -> Case:
    """A page that follows a failure is on record before it is made."""
    invoice, payment = begin_payment_link(
        case.invoice, payer, follows_failure=True, closed=case.closed, stores=run.stores, now=run.now
    )
    return _begun(case, invoice, payment, payer)


def _begun(case: Case, invoice: Invoice, payment: Payment, payer: Payer) -> Case:
    sent_through = {**case.sent_through, payment.lago_id: payer.integration}
    return replace(case, invoice=invoice, attempts=(*case.attempts, payment), sent_through=sent_through, closed=None)


def end_plan(case: Case, code: str, run: Run, *, until: datetime | None = None) -> Case:
    """The invoice stays as it is, no attempt follows automatically, and who waits for one is notified. It is looked at
    again at `until`, or when one of its stage is.
    """
    invoice = case.invoice
    ended = _with_no_plan(_with_no_choice(invoice), until, run.now)
    is_awaited = invoice.stage in (Stage.RETRY_PLANNED, Stage.AUTHENTICATION_LINK_DUE)
    if is_awaited:
        ended = replace(ended, last_failure=LastFailure(at=run.now, code=code))
    notifications = (collection_refused(ended, code, run.now),) if is_awaited else ()
    return case.answered(_save(case, ended, notifications, run))


def rest(case: Case, until: datetime | None, run: Run) -> Case:
    """There is nothing to do until then."""
    return case.answered(_save(case, postpone(case.invoice, until, now=run.now), (), run))


def notify_overdue(case: Case, until: datetime | None, run: Run) -> Case:
    """Once: the invoice remembers it, and so does what is kept beside its item."""
    invoice = case.invoice
    notified = replace(invoice, overdue_notified_at=run.now)
    later = postpone(notified, until or invoice.due_at, now=run.now)
    notification = payment_overdue(later, case.customer, run.now)
    written = replace(case, invoice=run.stores.invoices.save_overdue(later, notification))
    return written.answered(written.invoice) if until else written


def end_without_payment(case: Case, run: Run) -> Case:
    """An attempt of which something may come all the same is closed when the invoice is looked at again."""
    invoice, latest = case.invoice, case.latest
    may_be_left = latest or invoice.total_paid_amount_cents or invoice.has_replaced_another
    last = look_at_last_attempt_at(latest, run.now) if may_be_left else None
    attempt = max(invoice.attempt, latest.attempt) if latest else invoice.attempt
    due_at = run.now if invoice.refunding_payment_ids else last
    paid = move(replace(invoice, attempt=attempt), Stage.PAID, due_at=due_at, now=run.now)
    notification = payment_status_updated(paid, case.customer, run.now, cause="nothing-due")
    return case.answered(_save(case, paid, (notification,), run))


def wait(case: Case, reason: WaitingFor, run: Run) -> Case:
    """What is missing is on record before it is looked for once more: when it comes, the waiting invoice is found. One
    that waits for a request does so whatever else is missing.
    """
    invoice, customer = case.invoice, case.customer
    if invoice.waiting_for is WaitingFor.REQUEST:
        return rest(case, look_again_at(invoice, run.now), run)
    is_notified = reason is WaitingFor.PAYMENT_METHOD and customer is not None
    notifications = (payment_method_missing(invoice, customer, run.now),) if is_notified and customer else ()
    refusal = refusal_of(customer) if reason is WaitingFor.PROVIDER_CUSTOMER else None
    waiting = move(
        replace(
            invoice,
            self_billed=invoice.self_billed or reason is WaitingFor.NOTHING,
            last_failure=refusal or invoice.last_failure,
        ),
        Stage.WAITING,
        waiting_for=reason,
        next_retry_at=invoice.next_retry_at,
        planned_payment_method_id=invoice.standing.planned_payment_method_id,
        due_at=look_again_at(invoice, run.now),
        now=run.now,
    )
    run.stores.invoices.save(waiting, notifications)
    return run.reloaded(case)


def refused(case: Case, attempt: Payment, paused: NeedsAttentionError, run: Run) -> Case:
    """Nothing was charged, for a reason that is the operator's: nobody's payment has failed. Stripe keeps the refusal
    under its key, so the attempt begins again under another one, once nobody can be at work under this one any more.
    """
    again_at = look_at_refused_again_at(case.invoice, run.now)
    waiting = pause(case.invoice, paused.integration_id, due_at=again_at, now=run.now)
    known = replace(
        waiting,
        attempt=max(case.invoice.attempt, attempt.attempt),
        last_failure=LastFailure(at=run.now, code=paused.code) if paused.code else waiting.last_failure,
    )
    kept = replace(attempt, refused_at=run.now, updated_at=run.now)
    invoice = run.stores.invoices.settle(Settlement(known, kept, ()), ())
    if is_still_paused(invoice.organization_id, paused, run.stores):
        return case.answered(invoice)
    return run.reloaded(case)


def _with_no_choice(invoice: Invoice) -> Invoice:
    """What a request chose counts for one attempt; what the invoice says of itself stays."""
    return replace(invoice, chosen_payment_method_id=invoice.own_payment_method_id)


def _save(case: Case, invoice: Invoice, notifications: tuple[Notification, ...], run: Run) -> Invoice:
    """With the attempt that was closed at Stripe, if one was."""
    if case.closed:
        return run.stores.invoices.settle(Settlement(invoice, case.closed, ()), notifications)
    return run.stores.invoices.save(invoice, notifications)


def _with_no_plan(invoice: Invoice, until: datetime | None, now: datetime) -> Invoice:
    due_at = until or look_at_ended_again_at(invoice, now)
    if not invoice.is_owed:
        return postpone(invoice, due_at, now=now)
    is_waiting = invoice.waiting_for is WaitingFor.ANOTHER_PAYMENT_METHOD
    stage = Stage.WAITS_FOR_ANOTHER_METHOD if is_waiting else Stage.GIVEN_UP
    return move(invoice, stage, waiting_for=invoice.waiting_for, due_at=due_at, now=now)
