"""Put an attempt on record with the method that was chosen for it, or found for it, before anything is sent."""

from dataclasses import replace

from paystream.errors import NotFoundError
from paystream.lago.invoice_notifications import collection_refused
from paystream.model.attempts import new_payment
from paystream.model.case import Case, Payer
from paystream.model.declined_before import DECLINED_BEFORE
from paystream.model.identifiers import saved_method_id
from paystream.model.invoice import Invoice
from paystream.model.moves import move, postpone
from paystream.model.outcome import Outcome
from paystream.model.payment import MethodOrigin, Payment
from paystream.model.retries import with_decline
from paystream.model.rules.beginning import NO_SUCH_METHOD
from paystream.model.schedule import look_again_at
from paystream.model.settlement import Settlement
from paystream.model.standing import Stage, WaitingFor
from paystream.steps.attempts.choose_method import origin_of, with_chosen_method, with_method_of
from paystream.steps.attempts.restore_invoice import with_declines_known
from paystream.steps.attempts.run import Run
from paystream.steps.look_ups.find_next_method import find_next_method


def begin_chosen(case: Case, payer: Payer, run: Run) -> Case:
    """The first attempt. If the customer has no such method, the invoice waits for it, and that is notified."""
    try:
        payer = with_chosen_method(case, payer, run)
    except NotFoundError:
        return _wait_for_method(case, run)
    began_at = case.invoice.attempt_started_at or run.now
    begun = replace(case.invoice, attempt=max(case.invoice.attempt, 1), attempt_started_at=began_at)
    payment = replace(new_payment(begun, payer, begun.attempt, run.now), method_origin=MethodOrigin.CHOSEN)
    return _on_record(case, begun, payment, payer, run, begins=True)


def begin_again(case: Case, attempt: Payment, payer: Payer, run: Run) -> Case:
    """Under the same id, and so the same idempotency key: should it be at Stripe after all, Stripe says so. Not under
    that of one that Stripe has refused: it would be answered with the same refusal again. It charges what it was to
    charge if that was chosen, or the default was charged without success.
    """
    case = replace(case, invoice=_with_what_it_charges(case, attempt, run))
    try:
        chosen = case.invoice.chosen_payment_method_id
        payer = with_method_of(case, payer, attempt) if chosen is None else with_chosen_method(case, payer, run)
    except NotFoundError:
        return _wait_for_method(case, run)
    begun = replace(case.invoice, attempt=max(case.invoice.attempt, attempt.attempt), attempt_started_at=run.now)
    key_number = attempt.key_number + (attempt.refused_at is not None)
    payment = new_payment(begun, payer, attempt.attempt, run.now)
    origin = origin_of(case, payer)
    payment = replace(payment, key_number=key_number, method_origin=origin, by_schedule=attempt.by_schedule)
    return _on_record(case, begun, payment, payer, run)


def _with_what_it_charges(case: Case, attempt: Payment, run: Run) -> Invoice:
    """The invoice as it was when the attempt began: an item that replaced it does not know what was declined before,
    and what a request chose is known by the attempt only.
    """
    if attempt.attempt > case.invoice.attempt:
        return with_declines_known(case.invoice, run.stores)
    is_chosen = attempt.method_origin is MethodOrigin.CHOSEN and attempt.payment_method_id is not None
    if not is_chosen or case.invoice.chosen_payment_method_id is not None:
        return case.invoice
    chosen = saved_method_id(attempt.organization_id, str(attempt.payment_method_id))
    return replace(case.invoice, chosen_payment_method_id=chosen)


def begin_with_another(case: Case, attempt: Payment, payer: Payer, refused: Outcome, run: Run) -> Case | None:
    """The attempt on record with the method that takes the place of one that was declined for good before; None if that
    is not why it is refused, or there is none. Raises what asking Stripe raises.
    """
    if refused.failure is None or refused.failure.code != DECLINED_BEFORE:
        return None
    customer = payer.customer
    other = find_next_method(
        case.invoice,
        attempt,
        refused,
        customer,
        run.accounts,
        gateways=lambda: run.gateways,
        stores=run.stores,
        now=run.now,
    )
    if other is None:
        return None
    payer = replace(payer, customer=replace(customer, payment_method_id=other))
    began_at = case.invoice.attempt_started_at or run.now
    begun = replace(with_decline(case.invoice, attempt), attempt=attempt.attempt, attempt_started_at=began_at)
    payment = new_payment(begun, payer, attempt.attempt, run.now)
    payment = replace(payment, key_number=attempt.key_number, method_origin=MethodOrigin.FALLBACK)
    return _on_record(case, begun, payment, payer, run, begins=case.latest is None)


def _on_record(case: Case, begun: Invoice, payment: Payment, payer: Payer, run: Run, *, begins: bool = False) -> Case:
    begun = replace(begun, chosen_payment_method_id=begun.own_payment_method_id)
    invoice = move(begun, Stage.IN_FLIGHT, due_at=look_again_at(begun, run.now), now=run.now)
    settled = run.stores.invoices.settle(Settlement(invoice, payment, (), begins=begins), (), payer=payer)
    sent_through = {**case.sent_through, payment.lago_id: payer.integration}
    known = replace(case, attempts=(*case.attempts, payment)) if begins else case.with_payment(payment)
    return replace(known, invoice=settled, sent_through=sent_through)


def _wait_for_method(case: Case, run: Run) -> Case:
    """Notified once; no other method is charged instead. What is sent on request only waits for another request."""
    invoice, again_at = case.invoice, look_again_at(case.invoice, run.now)
    awaited = WaitingFor.CHOSEN_PAYMENT_METHOD
    if invoice.skip_psp:
        awaited, invoice = WaitingFor.REQUEST, replace(invoice, chosen_payment_method_id=invoice.own_payment_method_id)
    if invoice.waiting_for is WaitingFor.CHOSEN_PAYMENT_METHOD:
        return case.answered(run.stores.invoices.save(postpone(invoice, again_at, now=run.now)))
    waiting = move(invoice, Stage.WAITING, waiting_for=awaited, due_at=again_at, now=run.now)
    notification = collection_refused(waiting, NO_SUCH_METHOD, run.now)
    return case.answered(run.stores.invoices.save(waiting, (notification,)))
