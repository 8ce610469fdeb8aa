"""What is done next about an invoice: one function of the case and the time.

`RULES` are asked in their order, and the first that has a step is followed: what must be known stands before what is
decided from it. Each rule says when it applies; docs/architecture.md shows them as a table that is made from here.
"""

from collections.abc import Callable
from datetime import datetime

from paystream.model.attempts import new_payment, refusal_of_ours, sent_until
from paystream.model.case import Case, Learned, Occasion, Payer
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.received import is_forgotten, settles
from paystream.model.schedule import (
    LONGEST_REQUEST,
    SPENT_IS_RETRIEVED_EVERY,
    SPENT_IS_RETRIEVED_FOR,
    UNREACHABLE_IS_LOOKED_AT_EVERY,
    look_again_at,
    look_at_ended_again_at,
)
from paystream.model.standing import Stage, WaitingFor
from paystream.model.steps import (
    AskForMethod,
    Begin,
    BeginAgain,
    BeginPage,
    Charge,
    Claim,
    Close,
    CloseOthers,
    EndPlan,
    EndWithoutPayment,
    LookAtPage,
    LookAtRefunds,
    LookUp,
    LookUpFirstAttempt,
    Refuse,
    Reopen,
    Rest,
    Restore,
    ResumeCreation,
    Retrieve,
    RetrieveSpent,
    SendBack,
    Step,
    Wait,
)
from paystream.model.surplus import second_payment

CANNOT_PAY = {
    WaitingFor.PAYMENT_METHOD: "customer_must_have_payment_method",
    WaitingFor.PROVIDER_CUSTOMER: "customer_must_have_payment_provider",
    WaitingFor.INTEGRATION: "customer_must_have_payment_provider",
    WaitingFor.CUSTOMER: "customer_must_have_payment_provider",
}
"""Why nothing can be collected; the second is Lago's."""

NOT_CONNECTED = "payment_provider_not_connected"

Rule = Callable[[Case], "Step | None"]


def next_step(case: Case) -> Step | None:
    """The first step that a rule calls for; None if there is nothing to do now.

    At most one answer is written down in a run: what comes next is decided when the invoice comes up again.
    """
    if case.has(Learned.ANSWERED) or (case.occasion is Occasion.NEW and not case.invoice.is_open):
        return None
    steps = (rule(case) for rule in RULES)
    return next((step for step in steps if step), None)


def _restore(case: Case) -> Step | None:
    """The item was replaced, and an attempt that has an outcome is on record, or something else that it does not know.
    An attempt without an outcome goes on first.
    """
    latest = case.latest
    goes_on = latest is not None and latest.payment_status is PayableStatus.PENDING and _is_replaced(case)
    if case.followed_for is None or goes_on or not case.invoice.is_owed:
        return None
    on_record = (*case.attempts, *case.besides)
    return Restore(case.followed_for) if is_forgotten(case.invoice, on_record, case.history) else None


def _retrieve(case: Case) -> Step | None:
    """The last attempt is on its way at Stripe; or any of an item that is parked by now."""
    latest = case.latest
    if case.occasion is not Occasion.DUE or latest is None or case.followed_for is None:
        return None
    is_followed = is_on_its_way(case.invoice, latest) and not _is_superseded(case, latest)
    followed = _processing(case) if case.invoice.stage is Stage.PARKED else [latest] if is_followed else []
    rest = [one for one in followed if one.lago_id not in case.retrieved]
    return Retrieve(rest[-1], case.followed_for) if rest else None


def _processing(case: Case) -> list[Payment]:
    return [one for one in case.attempts if one.payment_status is PayableStatus.PROCESSING]


def _look_up(case: Case) -> Step | None:
    """The last attempt may have been sent, no answer is known, and the item that it was for is there no more."""
    latest, payer = case.latest, case.payer_of(case.latest)
    if case.occasion is not Occasion.DUE or case.invoice.stage not in (Stage.PARKED, Stage.SETTLING) or latest is None:
        return None
    is_unknown = latest.payment_status is PayableStatus.PENDING and latest.link is None
    if not is_unknown or isinstance(payer, WaitingFor) or case.has(Learned.ATTEMPT_LOOKED_UP):
        return None
    return LookUp(latest, payer, latest.updated_at + LONGEST_REQUEST)


def _close(case: Case) -> Step | None:
    """An attempt can still be paid although it failed, is superseded, or the invoice has ended."""
    if case.followed_for is None or case.occasion is Occasion.NEW:
        return None
    reachable = [one for one in _to_be_closed(case) if one.lago_id in case.sent_through]
    rest = [one for one in reachable if one.lago_id not in case.retrieved]
    return Close(rest[-1], case.followed_for) if rest else None


def _outwait(case: Case) -> Step | None:
    """An attempt is still on its way, one that was to be closed, too: nothing new begins until it has come to its
    end.
    """
    is_under_way = any(one.lago_id in case.retrieved for one in (*_to_be_closed(case), *_processing(case)))
    return Rest(look_again_at(case.invoice, case.now)) if is_under_way else None


def _to_be_closed(case: Case) -> list[Payment]:
    if not case.invoice.is_open:
        return [one for one in case.attempts if one.is_to_be_closed]
    return [case.latest] if case.latest and _is_superseded(case, case.latest) else []


def _end_unreachable(case: Case) -> Step | None:
    """An attempt was sent to an account that is not connected any more: nobody can close it until that comes back. No
    other attempt begins.
    """
    invoice = case.invoice
    is_left = any(one.is_to_be_closed and one.lago_id not in case.sent_through for one in case.attempts)
    if not is_left or case.followed_for is None or invoice.is_open:
        return None
    tomorrow = case.now + UNREACHABLE_IS_LOOKED_AT_EVERY
    is_awaited = invoice.stage in (Stage.RETRY_PLANNED, Stage.AUTHENTICATION_LINK_DUE)
    return EndPlan(NOT_CONNECTED, tomorrow) if is_awaited else Rest(tomorrow)


def _resume_creation(case: Case) -> Step | None:
    """The customer is to be created at Stripe, and nothing was sent for the invoice."""
    customer = _whose_first_attempt_is_not_on_record(case)
    if customer is None or customer.creation is None or not case.invoice.is_open:
        return None
    return None if case.has(Learned.CREATION_RESUMED) else ResumeCreation(customer)


def _look_up_first_attempt(case: Case) -> Step | None:
    """The first attempt is not on record, and is not sent again: the invoice waits, or has ended."""
    customer = _whose_first_attempt_is_not_on_record(case)
    is_sent_again = case.invoice.is_open and case.invoice.waiting_for is None
    if is_sent_again or case.has(Learned.FIRST_ATTEMPT_LOOKED_UP):
        return None
    return LookUpFirstAttempt(customer) if customer or _is_unnamed(case) else None


def _is_unnamed(case: Case) -> bool:
    """Whether a mistake replaced the item, which does not even say who pays."""
    is_known = case.customer is not None or case.latest is not None
    return case.occasion is Occasion.DUE and case.invoice.stage is Stage.PARKED and not is_known


def _retrieve_spent(case: Case) -> Step | None:
    """A payment has failed on a page that was completed: Stripe cancels it not, and a bank may still pay it."""
    if case.occasion is not Occasion.DUE or case.invoice.is_open or case.followed_for is None:
        return None
    spent = [one for one in _spent(case) if one.lago_id in case.sent_through and one.lago_id not in case.retrieved]
    return RetrieveSpent(spent[0], case.followed_for) if spent else None


def _close_others(case: Case) -> Step | None:
    """It was voided or settled, and work is left: nothing under its name is to be paid, and what was is on record."""
    latest, has_ended = case.latest, case.occasion is Occasion.DUE and case.invoice.stage is Stage.SETTLING
    if latest is None or not (has_ended or _is_to_begin(case)) or case.has(Learned.OTHERS_CLOSED):
        return None
    return None if case.invoice.refunding_payment_ids else CloseOthers(latest)


def _send_back(case: Case) -> Step | None:
    """More came than is owed, and what was to go back did not: a refund has failed, or its account was gone."""
    is_asked = case.occasion is Occasion.DUE and case.invoice.stage is Stage.SETTLING
    if not is_asked or case.has(Learned.SURPLUS_LOOKED_AT):
        return None
    too_much = second_payment(case.invoice, case.on_record)
    return SendBack(too_much.payment, too_much.amount_cents) if too_much else None


def _look_at_refunds(case: Case) -> Step | None:
    """A refund is under way. What can be closed was closed before: a refund that fails holds nothing open."""
    is_due = case.occasion is Occasion.DUE and bool(case.invoice.refunding_payment_ids)
    return LookAtRefunds() if is_due and not case.has(Learned.REFUNDS_LOOKED_AT) else None


def _ask_for_method(case: Case) -> Step | None:
    """No method can be charged, or what is known was charged without success, and none was chosen."""
    invoice, customer = case.invoice, case.customer
    if customer is None or customer.pays_by_bank_transfer or case.has(Learned.METHOD_ASKED_FOR):
        return None
    lacks_one = _lacks_first_method(case, customer) if invoice.is_open else _lacks_another_method(invoice, customer)
    return AskForMethod(customer) if lacks_one else None


def _lacks_first_method(case: Case, customer: Customer) -> bool:
    is_first = _whose_first_attempt_is_not_on_record(case) is not None
    return is_first and case.invoice.waiting_for is WaitingFor.PAYMENT_METHOD and customer.pays_with is None


def _lacks_another_method(invoice: Invoice, customer: Customer) -> bool:
    is_waiting = invoice.waiting_for is WaitingFor.ANOTHER_PAYMENT_METHOD and invoice.chosen_payment_method_id is None
    return is_waiting and not invoice.is_to_be_collected_with(customer.pays_with)


def _end_without_payment(case: Case) -> Step | None:
    """It is open, and nothing is owed any more."""
    invoice, latest = case.invoice, case.latest
    is_forgotten = latest is not None and _is_replaced(case) and latest.payment_status is PayableStatus.SUCCEEDED
    is_ended = invoice.is_open and not invoice.total_due_amount_cents and not is_forgotten
    return EndWithoutPayment() if is_ended else None


def _begin(case: Case) -> Step | None:
    """It failed, and it is time for the next attempt, or the customer has another method."""
    invoice, latest = case.invoice, case.latest
    if invoice.is_open:
        return None
    if not _is_time(case):
        return None
    if latest is None or latest.payment_status is PayableStatus.PENDING:
        return Reopen()
    is_chosen = invoice.chosen_payment_method_id is not None
    payer = case.new_payer(needs_method=not is_chosen)
    return EndPlan(CANNOT_PAY[payer]) if isinstance(payer, WaitingFor) else Begin(latest, payer)


def _is_time(case: Case) -> bool:
    """Whether the next attempt of what has failed is to begin."""
    method = case.customer.pays_with if case.customer else None
    is_time = case.invoice.next_retry_at is not None and case.invoice.next_retry_at <= case.now
    return is_time or case.invoice.is_to_be_collected_with(method)


def _is_to_begin(case: Case) -> bool:
    """Whether another attempt, or a page, is to follow one that has failed at Stripe."""
    has_failed = case.latest is not None and case.latest.payment_status is PayableStatus.FAILED
    is_page_due = case.invoice.stage is Stage.AUTHENTICATION_LINK_DUE
    return has_failed and not case.invoice.is_open and (is_page_due or _is_time(case))


def _begin_page(case: Case) -> Step | None:
    """It failed because the customer has to authenticate: a page takes whatever the customer pays with."""
    if case.invoice.stage is not Stage.AUTHENTICATION_LINK_DUE:
        return None
    payer = case.new_payer(needs_method=False)
    return EndPlan(CANNOT_PAY[payer]) if isinstance(payer, WaitingFor) else BeginPage(payer)


def _rest(case: Case) -> Step | None:
    """It is not open, and nothing else is to be done about it now."""
    invoice = case.invoice
    if invoice.is_open:
        return None
    until = invoice.next_retry_at or look_at_ended_again_at(invoice, case.now)
    if not (_spent(case) or _is_unasked(case)):
        return Rest(until)
    tomorrow = case.now + SPENT_IS_RETRIEVED_EVERY
    return Rest(min(until, tomorrow) if until else tomorrow)


def _is_unasked(case: Case) -> bool:
    """Whether something may have been sent to an account that is not connected: nobody can say what became of it."""
    latest = case.latest
    has_ended = case.invoice.stage in (Stage.PARKED, Stage.SETTLING) and not case.has(Learned.ATTEMPT_LOOKED_UP)
    is_unknown = latest is not None and latest.payment_status is PayableStatus.PENDING and latest.link is None
    return case.has(Learned.NOT_ALL_ASKED) or (is_unknown and has_ended)


def _wait(case: Case) -> Step | None:
    """A customer, an account or a method is missing, without which nothing can be collected."""
    missing = case.payer_of(case.latest)
    if isinstance(missing, WaitingFor):
        return Wait(missing) if case.invoice.waiting_for is not missing else None
    return None


def _begin_again(case: Case) -> Step | None:
    """Customer, account or item were changed since the attempt was begun, and no answer is known. One that was never at
    Stripe belongs to nobody yet.
    """
    attempt, sent_for = case.latest, case.payer_of(case.latest)
    if attempt is None or attempt.link or attempt.payment_status is not PayableStatus.PENDING:
        return None
    if isinstance(sent_for, WaitingFor) or case.is_of_today(attempt):
        return None
    until = attempt.updated_at + LONGEST_REQUEST
    if not (case.has(Learned.ATTEMPT_LOOKED_UP) and case.now >= until):
        return LookUp(attempt, sent_for, until)
    payer = case.new_payer()
    if not isinstance(payer, WaitingFor):
        return BeginAgain(attempt, payer)
    is_known = case.invoice.waiting_for is payer
    return Rest(look_again_at(case.invoice, case.now)) if is_known else Wait(payer)


def _collect(case: Case) -> Step | None:
    """It is open, and what it needs is there."""
    payer = case.payer_of(case.latest)
    if isinstance(payer, WaitingFor):
        return None
    attempt = case.latest or new_payment(case.invoice, payer, max(case.invoice.attempt, 1), case.now)
    if attempt.is_open_payment_link:
        return None if _is_superseded(case, attempt) else LookAtPage(attempt, payer)
    return _send(case, attempt, payer) if attempt.payment_status is PayableStatus.PENDING else None


def _send(case: Case, attempt: Payment, payer: Payer) -> Step:
    """An attempt without an answer is sent, or refused by a rule of ours."""
    refusal = refusal_of_ours(attempt, payer)
    if refusal is None:
        is_seen = case.invoice.waiting_for is None or case.invoice.is_claimed(case.now)
        return Charge(attempt, payer) if is_seen else Claim()
    until = sent_until(case, attempt, payer)
    if until and not _is_looked_up(case, until):
        return LookUp(attempt, payer, until)
    return Refuse(attempt, payer, refusal)


def _is_looked_up(case: Case, until: datetime) -> bool:
    """Whether a look-up of this run counts: nothing can have been sent after it any more."""
    is_all = case.has(Learned.FIRST_ATTEMPT_LOOKED_UP) and not case.has(Learned.NOT_ALL_ASKED)
    return (is_all or case.has(Learned.ATTEMPT_LOOKED_UP)) and case.now >= until


RULES: tuple[Rule, ...] = (
    _restore,
    _retrieve,
    _look_up,
    _close,
    _resume_creation,
    _look_up_first_attempt,
    _retrieve_spent,
    _close_others,
    _send_back,
    _look_at_refunds,
    _end_unreachable,
    _outwait,
    _ask_for_method,
    _end_without_payment,
    _begin,
    _begin_page,
    _rest,
    _wait,
    _begin_again,
    _collect,
)


def is_on_its_way(invoice: Invoice, latest: Payment) -> bool:
    """Not so if the invoice's item was replaced since: it gets its state back first. Nor if it waits for the customer,
    and the invoice is settled otherwise: then it is closed.
    """
    is_to_be_closed = latest.requires_action and not invoice.is_open
    is_latest = latest.attempt == invoice.attempt
    return latest.payment_status is PayableStatus.PROCESSING and is_latest and not is_to_be_closed


def _is_replaced(case: Case) -> bool:
    """Whether the item does not know its last attempt, because it replaced the one that did."""
    return case.latest is not None and case.latest.attempt > case.invoice.attempt


def _whose_first_attempt_is_not_on_record(case: Case) -> Customer | None:
    return case.customer if case.occasion is Occasion.DUE and case.latest is None else None


def _spent(case: Case) -> list[Payment]:
    since = case.now - SPENT_IS_RETRIEVED_FOR
    return [one for one in case.attempts if one.is_spent and one.created_at > since]


def _is_superseded(case: Case, latest: Payment) -> bool:
    """Whether another attempt takes its place, or it is over more than what is due by now, or of other
    terms: then it is closed."""
    is_over_too_much = latest.amount_cents > case.invoice.total_due_amount_cents
    is_otherwise = latest.is_waiting_for_customer and (is_over_too_much or not settles(case.invoice, latest))
    is_known = latest.attempt == case.invoice.attempt
    return is_otherwise or (is_known and (latest.is_to_be_superseded or _has_another(case, latest)))


def _has_another(case: Case, latest: Payment) -> bool:
    """Whether a page follows a failure, and the customer has saved a method meanwhile that can be charged instead."""
    follows = latest.is_open_payment_link and latest.link is not None and latest.link.follows_failure
    method = case.customer.pays_with if case.customer else None
    is_asked = case.occasion is Occasion.CUSTOMER_CHANGED
    return is_asked and follows and case.account is not None and case.invoice.is_to_be_collected_with(method)
