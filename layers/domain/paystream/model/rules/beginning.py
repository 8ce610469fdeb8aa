"""When another attempt begins, or a page."""

from paystream.model.case import Case, Learned
from paystream.model.outcome import NOT_AGREED, PayableStatus
from paystream.model.payment import Payment
from paystream.model.rules.fallback import is_agreed, takes_anothers_place
from paystream.model.schedule import LONGEST_REQUEST, look_again_at
from paystream.model.standing import Stage, WaitingFor
from paystream.model.steps import Begin, BeginAgain, BeginChosen, BeginPage, EndPlan, LookUp, Reopen, Rest, Step, Wait

CANNOT_PAY = {
    WaitingFor.PAYMENT_METHOD: "customer_must_have_payment_method",
    WaitingFor.PROVIDER_CUSTOMER: "customer_must_have_payment_provider",
    WaitingFor.INTEGRATION: "customer_must_have_payment_provider",
    WaitingFor.CUSTOMER: "customer_must_have_payment_provider",
    WaitingFor.NOTHING: "invoice_is_self_billed",
}
"""Why nothing can be collected; the second is Lago's."""

NO_SUCH_METHOD = "payment_method_not_found"
"""The chosen method is not the customer's, or went with the customer at Stripe."""


def begin(case: Case) -> Step | None:
    """It failed, and it is time for the next attempt, or the customer has another method."""
    invoice, latest = case.invoice, case.latest
    if invoice.is_open or not _is_time(case):
        return None
    if latest is None or latest.payment_status is PayableStatus.PENDING:
        return Reopen()
    if _is_not_agreed_any_more(case):
        return EndPlan(NOT_AGREED)
    is_chosen = invoice.chosen_payment_method_id is not None
    payer = case.new_payer(needs_method=not is_chosen)
    if is_chosen and payer is WaitingFor.PROVIDER_CUSTOMER:
        return EndPlan(NO_SUCH_METHOD)
    return EndPlan(CANNOT_PAY[payer]) if isinstance(payer, WaitingFor) else Begin(latest, payer)


def _is_not_agreed_any_more(case: Case) -> bool:
    """Whether a method is planned that takes another one's place, and the customer or the account has changed its
    mind.
    """
    is_planned = takes_anothers_place(case, case.invoice.standing.planned_payment_method_id)
    if not is_planned or case.customer is None or case.invoice.is_to_be_collected_from(case.customer):
        return False
    return not is_agreed(case.customer, case.account)


def begin_page(case: Case) -> Step | None:
    """It failed because the customer has to authenticate: a page takes whatever the customer pays with."""
    if case.invoice.stage is not Stage.AUTHENTICATION_LINK_DUE:
        return None
    payer = case.new_payer(needs_method=False)
    return EndPlan(CANNOT_PAY[payer]) if isinstance(payer, WaitingFor) else BeginPage(payer)


def begin_again(case: Case) -> Step | None:
    """Customer, account or item were changed since the attempt was begun, and no answer is known; or Stripe refused it
    for a reason that is the operator's, and keeps that under its key. One that was never at Stripe belongs to nobody
    yet.
    """
    attempt, sent_for = case.latest, case.payer_of(case.latest)
    if attempt is None or attempt.link or attempt.payment_status is not PayableStatus.PENDING:
        return None
    if isinstance(sent_for, WaitingFor) or _goes_on(case, attempt):
        return None
    until = attempt.updated_at + LONGEST_REQUEST
    if not (case.has(Learned.ATTEMPT_LOOKED_UP) and case.now >= until):
        return LookUp(attempt, sent_for, until)
    payer = case.new_payer(needs_method=not _has_its_own_method(case, attempt))
    if not isinstance(payer, WaitingFor):
        return BeginAgain(attempt, payer)
    is_known = case.invoice.waiting_for is payer
    return Rest(look_again_at(case.invoice, case.now)) if is_known else Wait(payer)


def _has_its_own_method(case: Case, attempt: Payment) -> bool:
    """Whether it charges another method than the default, and the customer at Stripe is still the one who has it."""
    if case.customer is None or case.account is None or attempt.method_origin is None:
        return False
    is_theirs = case.customer.provider_customer_id == attempt.provider_customer_id
    return is_theirs and case.account.leads_to(attempt)


def _goes_on(case: Case, attempt: Payment) -> bool:
    return attempt.refused_at is None and case.is_of_today(attempt)


def is_to_begin(case: Case, latest: Payment) -> bool:
    """Whether another attempt, or a page, is to follow the last one, which has failed at Stripe or paid a part."""
    is_page_due = case.invoice.stage is Stage.AUTHENTICATION_LINK_DUE
    has_ended = latest.payment_status in (PayableStatus.FAILED, PayableStatus.SUCCEEDED)
    return has_ended and not case.invoice.is_open and (is_page_due or _is_time(case))


def _is_time(case: Case) -> bool:
    """Whether the next attempt of what has failed is to begin."""
    is_time = case.invoice.next_retry_at is not None and case.invoice.next_retry_at <= case.now
    return is_time or case.invoice.is_to_be_collected_from(case.customer)


def begin_chosen(case: Case) -> Step | None:
    """Nothing is on record, and a method was chosen: which that is at Stripe is on record before anything is sent."""
    payer = case.new_payer()
    if case.latest is not None or case.invoice.chosen_payment_method_id is None or isinstance(payer, WaitingFor):
        return None
    return BeginChosen(payer)
