"""What is sent of an open invoice that has all it needs."""

from datetime import datetime

from paystream.model.attempts import new_payment, not_agreed, refusal_of_ours, sent_until
from paystream.model.card_declines import CardDeclines
from paystream.model.case import Case, Learned, Payer
from paystream.model.declined_before import declined_before, refused_as_declined
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import MethodOrigin, Payment
from paystream.model.rules.fallback import is_agreed
from paystream.model.rules.superseded import is_superseded
from paystream.model.standing import WaitingFor
from paystream.model.steps import Charge, Claim, LookAtPage, LookUp, Refuse, Step


def collect(case: Case) -> Step | None:
    """It is open, and what it needs is there."""
    payer = case.payer_of(case.latest)
    if isinstance(payer, WaitingFor):
        return None
    attempt = case.latest or new_payment(case.invoice, payer, max(case.invoice.attempt, 1), case.now)
    if attempt.is_open_payment_link:
        return None if is_superseded(case, attempt) else LookAtPage(attempt, payer)
    return _send(case, attempt, payer) if attempt.payment_status is PayableStatus.PENDING else None


def _send(case: Case, attempt: Payment, payer: Payer) -> Step:
    """An attempt without an answer is sent, or refused by a rule of ours."""
    declined = declined_before(case.invoice, attempt, payer.customer, case.now)
    refusal = _refusal(attempt, payer, declined)
    if refusal is None:
        is_seen = case.invoice.waiting_for is None or case.invoice.is_claimed(case.now)
        return Charge(attempt, payer) if is_seen else Claim()
    until = sent_until(case, attempt, payer, declined)
    if until and not _is_looked_up(case, until):
        return LookUp(attempt, payer, until)
    return Refuse(attempt, payer, refusal)


def _refusal(attempt: Payment, payer: Payer, declined: CardDeclines | None) -> Outcome | None:
    if declined:
        return refused_as_declined(declined)
    return not_agreed() if _is_not_agreed(attempt, payer) else refusal_of_ours(attempt, payer)


def _is_not_agreed(attempt: Payment, payer: Payer) -> bool:
    """Whether it charges a method in place of another one, and must not any more."""
    is_default = attempt.payment_method_id == payer.customer.payment_method_id
    is_fallback = attempt.method_origin is MethodOrigin.FALLBACK and not is_default
    return is_fallback and not is_agreed(payer.customer, payer.integration)


def _is_looked_up(case: Case, until: datetime) -> bool:
    """Whether a look-up of this run counts: nothing can have been sent after it any more."""
    is_all = case.has(Learned.FIRST_ATTEMPT_LOOKED_UP) and not case.has(Learned.NOT_ALL_ASKED)
    return (is_all or case.has(Learned.ATTEMPT_LOOKED_UP)) and case.now >= until
