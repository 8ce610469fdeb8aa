"""Perform a step: ask Stripe, and write down what it answers. Each returns the case that follows from it."""

from dataclasses import replace
from functools import partial
from typing import assert_never

from paystream.errors import NeedsAttentionError, TooEarlyError
from paystream.model import steps
from paystream.model.attempts import started_at
from paystream.model.case import Case, Learned, Payer
from paystream.model.customer import Customer
from paystream.model.moves import resume
from paystream.model.outcome import CANCELED, Outcome, PayableStatus, expired_link, gone
from paystream.model.pauses import CREATE_INTENT
from paystream.model.payment import Payment, ended_on_page
from paystream.model.settlement import is_news, settle
from paystream.model.steps import AttemptStep, RecordStep, SearchStep, Step
from paystream.steps.accounts.refused_key import calls_stripe, refuse_if_paused
from paystream.steps.attempts.besides import is_of_another_intent, payment_besides
from paystream.steps.attempts.close_attempt import close_at_stripe
from paystream.steps.attempts.close_others import close_others
from paystream.steps.attempts.record_outcome import FindOther, record_outcome
from paystream.steps.attempts.restore_invoice import restore_invoice, with_declines_known
from paystream.steps.attempts.run import Run
from paystream.steps.attempts.send_attempt import look_up, send_attempt
from paystream.steps.look_ups.find_next_method import find_next_method
from paystream.steps.look_ups.find_payment_method import find_payment_method
from paystream.steps.look_ups.recover_lost_attempt import are_all_connected, recover_lost_attempt
from paystream.steps.pages.payment_link import look_at_page
from paystream.steps.refunds.send_back import send_back
from paystream.steps.refunds.send_refund import look_at_refunds
from paystream.use_cases.collecting import write
from paystream.use_cases.collecting.begin_chosen import begin_again, begin_chosen, begin_with_another
from paystream.use_cases.collecting.replace_method import Answered, charge_default_of_now, leave_to_nobody
from paystream.use_cases.customers.create_provider_customer import resume_creation


def perform(step: Step, case: Case, run: Run) -> Case:
    """Raises VersionConflictError if another function wrote first, and what asking Stripe raises."""
    if isinstance(step, AttemptStep):
        return _settle_attempt(step, case, run)
    return _search(step, case, run) if isinstance(step, SearchStep) else _write(step, case, run)


def _settle_attempt(step: AttemptStep, case: Case, run: Run) -> Case:
    match step:
        case steps.Restore(customer):
            after = _restore(case, customer, run)
        case steps.Retrieve(attempt, customer):
            after = _retrieve(case, attempt, customer, run)
        case steps.Close(attempt, customer):
            after = _close(case, attempt, customer, run)
        case steps.LookUp():
            after = _look_up(case, step, run)
        case steps.Refuse():
            after = _refuse(case, step, run)
        case steps.Charge(attempt, payer):
            after = _charge(case, attempt, payer, run)
        case steps.LookAtPage(attempt, payer):
            after = _look_at_page(case, attempt, payer, run)
        case _:
            assert_never(step)
    return after


def _search(step: SearchStep, case: Case, run: Run) -> Case:
    match step:
        case steps.ResumeCreation(customer):
            resume_creation(customer, stores=run.stores, gateways=run.gateways, now=run.now)
            after = run.reloaded(case.with_learned(Learned.CREATION_RESUMED))
        case steps.LookUpFirstAttempt(customer):
            after = _look_up_first_attempt(case, customer, run)
        case steps.AskForMethod(customer):
            known = find_payment_method(customer, case.account, stores=run.stores, gateways=run.gateways, now=run.now)
            after = replace(case, customer=known).with_learned(Learned.METHOD_ASKED_FOR)
        case steps.RetrieveSpent(attempt, customer):
            after = _retrieve_spent(case, attempt, customer, run)
        case steps.CloseOthers(latest):
            after = close_others(case, latest, run)
        case steps.SendBack():
            after = send_back(case, step, run)
        case steps.LookAtRefunds():
            after = _look_at_refunds(case, run)
        case _:
            assert_never(step)
    return after


def _write(step: RecordStep, case: Case, run: Run) -> Case:
    match step:
        case steps.Claim() | steps.Reopen():
            after = _open(step, case, run)
        case steps.Begin() | steps.BeginChosen() | steps.BeginAgain() | steps.BeginPage():
            after = _begin(step, case, run)
        case steps.EndPlan(code, until):
            after = write.end_plan(case, code, run, until=until)
        case steps.Rest() | steps.NotifyOverdue():
            after = _look_later(step, case, run)
        case steps.EndWithoutPayment():
            after = write.end_without_payment(case, run)
        case steps.Hold(integration, types):
            refuse_if_paused(integration, CREATE_INTENT, types=types, now=run.now)
            after = case
        case steps.Wait(reason):
            after = write.wait(case, reason, run)
        case _:
            assert_never(step)
    return after


def _look_at_refunds(case: Case, run: Run) -> Case:
    """What has become of them may change what is to go back."""
    case = case.with_learned(Learned.REFUNDS_LOOKED_AT)
    seen = look_at_refunds(case.invoice, stores=run.stores, gateways=run.gateways, now=run.now)
    return case if seen is case.invoice else run.reloaded(case)


def _open(step: steps.Claim | steps.Reopen, case: Case, run: Run) -> Case:
    return write.claim_waiting(case, run) if isinstance(step, steps.Claim) else write.reopen(case, run)


def _look_later(step: steps.Rest | steps.NotifyOverdue, case: Case, run: Run) -> Case:
    write_down = write.rest if isinstance(step, steps.Rest) else write.notify_overdue
    return write_down(case, step.until, run)


def _begin(step: steps.Begin | steps.BeginChosen | steps.BeginAgain | steps.BeginPage, case: Case, run: Run) -> Case:
    if isinstance(step, steps.BeginPage):
        return write.begin_page(case, step.payer, run)
    if isinstance(step, steps.BeginChosen):
        return begin_chosen(case, step.payer, run)
    if isinstance(step, steps.Begin):
        return write.begin(case, step.after, step.payer, run)
    return begin_again(case, step.attempt, step.payer, run)


def _restore(case: Case, customer: Customer, run: Run) -> Case:
    lago_id, find_other = case.invoice.lago_id, _find_other(run)
    restored = restore_invoice(lago_id, customer, find_other=find_other, stores=run.stores, now=run.now)
    return case.answered(restored)


def _find_other(run: Run) -> FindOther:
    return partial(find_next_method, gateways=lambda: run.gateways, stores=run.stores, now=run.now)


def _charge(case: Case, attempt: Payment, payer: Payer, run: Run) -> Case:
    try:
        sent, outcome = send_attempt(
            case.invoice, attempt, payer, stores=run.stores, gateways=run.gateways, now=run.now
        )
        answered: Answered | Case = (sent, outcome, payer.customer)
        if outcome.is_customer_gone:
            answered = leave_to_nobody(case, sent, payer, run)
        if outcome.is_method_gone:
            answered = charge_default_of_now(case, sent, outcome, payer, run)
    except NeedsAttentionError as paused:
        if paused.was_refused:
            return write.refused(case, attempt, paused, run)
        raise
    return answered if isinstance(answered, Case) else _record(case, *answered, run)


def _refuse(case: Case, step: steps.Refuse, run: Run) -> Case:
    """Nothing is sent: that counts for no card. Where another method may be charged instead, that is begun at once, and
    nothing has failed.
    """
    begun = begin_with_another(case, step.attempt, step.payer, step.outcome, run)
    return begun or _record(case, step.attempt, step.outcome, step.payer.customer, run, was_sent=False)


def _record(
    case: Case, attempt: Payment, outcome: Outcome, customer: Customer, run: Run, *, was_sent: bool = True
) -> Case:
    """The outcome is settled: nothing else is done in this run."""
    invoice = record_outcome(
        case.invoice,
        attempt,
        outcome,
        customer=customer,
        accounts=run.accounts,
        find_other=_find_other(run) if was_sent else None,
        stores=run.stores,
        now=run.now,
    )
    return case.answered(invoice)


def _retrieve(case: Case, attempt: Payment, customer: Customer, run: Run) -> Case:
    """An attempt that got an answer waits for no key any more. There is nobody to ask if its account is gone. As long
    as there is no news of it, it holds nothing else open.
    """
    integration = case.sent_through.get(attempt.lago_id)
    if integration is None:
        return case.with_retrieved(attempt)
    with calls_stripe(
        integration, "payment_intent.retrieve", stores=run.stores, gateways=run.gateways, now=run.now
    ) as gateway:
        intent_id = str(attempt.provider_payment_id)
        outcome = gateway.payment(intent_id) or gone(intent_id)
    resumed = replace(case, invoice=resume(case.invoice))
    if not is_news(attempt, outcome):
        return resumed.with_retrieved(attempt)
    return _record(resumed, attempt, outcome, customer, run)


def _retrieve_spent(case: Case, attempt: Payment, customer: Customer, run: Run) -> Case:
    """Nothing waits for it: only a success is news."""
    with calls_stripe(
        case.sent_through[attempt.lago_id],
        "payment_intent.retrieve",
        stores=run.stores,
        gateways=run.gateways,
        now=run.now,
    ) as gateway:
        outcome = gateway.payment(str(attempt.provider_payment_id))
    if outcome is not None and outcome.status is PayableStatus.SUCCEEDED:
        return _record(case, attempt, outcome, customer, run)
    return case.with_retrieved(attempt)


def _close(case: Case, attempt: Payment, customer: Customer, run: Run) -> Case:
    """What is closed is written with what follows; an attempt that has come to another end is settled."""
    integration = case.sent_through[attempt.lago_id]
    since = started_at(case.invoice, attempt)
    outcome = close_at_stripe(attempt, integration, since=since, stores=run.stores, gateways=run.gateways, now=run.now)
    if attempt.is_paid_page_left:
        return _close_paid_page(case, attempt, outcome or expired_link(), customer, run)
    if outcome is None:
        return write.closed(case, replace(attempt, status=CANCELED, updated_at=run.now), run)
    if outcome.status is PayableStatus.PROCESSING:
        return case.with_retrieved(attempt)
    if attempt.payment_status is PayableStatus.FAILED and outcome.intent_status == CANCELED:
        settlement = settle(case.invoice, ended_on_page(attempt, outcome), outcome, now=run.now)
        return write.closed(case, settlement.payment if settlement else attempt, run)
    recorded = _record(case, ended_on_page(attempt, outcome), outcome, customer, run)
    is_closed = outcome.intent_status == CANCELED and recorded.invoice.attempt == attempt.attempt
    return run.reloaded(case) if is_closed else recorded


def _close_paid_page(case: Case, attempt: Payment, page: Outcome, customer: Customer, run: Run) -> Case:
    """Its success came from elsewhere. What was paid on the page itself is a payment of its own; until it is known what
    becomes of that, the page is looked at again.
    """
    if is_of_another_intent(attempt, page.intent_id) and page.intent_id:
        if page.status is PayableStatus.PROCESSING:
            return case.answered(case.invoice)
        if page.status is PayableStatus.SUCCEEDED:
            payment = payment_besides(attempt, page.intent_id, stores=run.stores, now=run.now)
            if is_news(payment, page):
                return _record(case, payment, page, customer, run)
    return write.closed(case, ended_on_page(replace(attempt, updated_at=run.now), page), run)


def _look_up(case: Case, step: steps.LookUp, run: Run) -> Case:
    if run.now < step.not_before:
        seconds = (step.not_before - run.now).total_seconds()
        raise TooEarlyError(step.not_before, seconds, "a function may still be at work on the attempt")
    payer = step.payer
    found = look_up(case.invoice, step.attempt, payer, stores=run.stores, gateways=run.gateways, now=run.now)
    return _record(case, *found, payer.customer, run) if found else case.with_learned(Learned.ATTEMPT_LOOKED_UP)


def _look_up_first_attempt(case: Case, customer: Customer | None, run: Run) -> Case:
    found = recover_lost_attempt(case.invoice, customer, stores=run.stores, gateways=run.gateways, now=run.now)
    if found:
        return _record(replace(case, invoice=resume(case.invoice)), *found, run)
    if not are_all_connected(case.invoice, customer, stores=run.stores, now=run.now):
        case = case.with_learned(Learned.NOT_ALL_ASKED)
    return case.with_learned(Learned.FIRST_ATTEMPT_LOOKED_UP)


def _look_at_page(case: Case, attempt: Payment, payer: Payer, run: Run) -> Case:
    invoice = case.invoice
    if invoice.attempt < attempt.attempt:
        invoice = with_declines_known(invoice, run.stores)
    seen = look_at_page(invoice, attempt, payer, stores=run.stores, gateways=run.gateways, now=run.now)
    return case.answered(seen)
