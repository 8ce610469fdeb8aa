"""What comes next of an invoice, and when: from its own stage and plan, without anything else being read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from paystream.model.invoice import Invoice
from paystream.model.last_failure import LastFailure
from paystream.model.standing import PaymentStatus, Stage, WaitingFor
from paystream.model.texts.days import day, day_and_year, time_of_day
from paystream.model.texts.explanations import FailureClass, class_of, explain


class NextKind(StrEnum):
    """What Paystream does next. With `WAIT` somebody else has to act, with `REVIEW` the operator."""

    CHARGE = "charge"
    LOOK_UP = "look_up"
    PAYMENT_LINK = "payment_link"
    WAIT = "wait"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """`at` is None where no time is planned. `attempt` counts the tries with the method that is charged, of the
    `attempts` that the schedule allows with it.
    """

    kind: NextKind
    explanation: str
    at: datetime | None = None
    attempt: int | None = None
    attempts: int | None = None


_WAITS: Mapping[WaitingFor, str] = {
    WaitingFor.CUSTOMER: "Waits for the customer: there is none with this external id.",
    WaitingFor.INTEGRATION: "Waits for a Stripe account: the customer belongs to none that is connected.",
    WaitingFor.PROVIDER_CUSTOMER: "Waits until the customer is linked to Stripe.",
    WaitingFor.PAYMENT_METHOD: "Waits for a payment method of the customer.",
    WaitingFor.ANOTHER_PAYMENT_METHOD: "Waits for another payment method of the customer.",
    WaitingFor.KEY: "Waits for the Stripe account: Stripe refuses its key or its charges. Collected automatically once "
    "that is put right.",
    WaitingFor.REQUEST: "Collected on request only: ask for it by a retry.",
    WaitingFor.CHOSEN_PAYMENT_METHOD: "Waits for the payment method that was chosen for it.",
}
_REFUSED_CUSTOMER = "Waits until Stripe accepts the customer: put right what is said of it, and store it again."
_NOT_AGAIN: Mapping[FailureClass, str] = {
    FailureClass.LATER: "Nothing more is planned.",
    FailureClass.AFTER_CUSTOMER_ACTS: "The customer has to act.",
    FailureClass.NEVER: "It is not tried again with this payment method.",
    FailureClass.OPERATOR: "Put it right, and retry it.",
}
_SEND_A_LINK = "Send a payment link, or wait for another payment method."
_AGAIN_OR_LINK = "Retry it, or send a payment link."


def next_step_of(invoice: Invoice) -> NextStep | None:
    """None where nothing follows: it is paid, voided or given up, or is never collected here."""
    if invoice.waiting_for is WaitingFor.KEY:
        return NextStep(kind=NextKind.WAIT, at=invoice.due_at, explanation=_WAITS[WaitingFor.KEY])
    follows = _FOLLOWS.get(invoice.stage)
    return follows(invoice) if follows else None


def explanation_of(invoice: Invoice) -> str:
    """Why it stands where it stands, what comes next, and when, in one or two sentences."""
    if invoice.stage is not Stage.PARKED and (invoice.voided_at or _is_paid(invoice)):
        return _end(invoice)
    failure, follows = last_failure_of(invoice), next_step_of(invoice)
    text = follows.explanation if follows else _nothing_follows(invoice)
    is_why = failure is not None and (failure.is_of_customer or _has_failed(invoice))
    return f"{explain(failure.failure).operator} {text}" if failure and is_why else text


def last_failure_of(invoice: Invoice) -> LastFailure | None:
    """Why it was not collected the last time. That Stripe has refused its customer counts while it waits for that."""
    failure = invoice.last_failure
    if failure and failure.is_of_customer and invoice.waiting_for is not WaitingFor.PROVIDER_CUSTOMER:
        return None
    return failure


def _has_failed(invoice: Invoice) -> bool:
    """Whether what failed is the reason of where it stands, and no newer attempt is."""
    waits_for_account = invoice.waiting_for is WaitingFor.KEY
    is_on_page = invoice.stage in (Stage.PAGE_DUE, Stage.PAGE_OPEN)
    return invoice.payment_status is PaymentStatus.FAILED or waits_for_account or is_on_page


def _is_paid(invoice: Invoice) -> bool:
    return invoice.payment_status is PaymentStatus.SUCCEEDED


def _end(invoice: Invoice) -> str:
    what, at = ("Voided", invoice.voided_at) if invoice.voided_at else ("Paid", invoice.ended_at)
    text = f"{what} on {day_and_year(at)}." if at else f"{what}."
    if invoice.payment_dispute_lost_at:
        text += f" A dispute was lost on {day_and_year(invoice.payment_dispute_lost_at)}: the bank took the money back."
    return text


def _nothing_follows(invoice: Invoice) -> str:
    if invoice.waiting_for is WaitingFor.NOTHING:
        return "Self-billed: it is never collected here."
    return f"Nothing more is done automatically. {_AGAIN_OR_LINK}"


def _parked(invoice: Invoice) -> NextStep:
    problem = invoice.problem.details if invoice.problem else {}
    wrong = "; ".join(f"{name}: {', '.join(codes)}" for name, codes in sorted(problem.items()))
    text = f"The item cannot be collected as it is ({wrong})." if wrong else "The item cannot be collected as it is."
    return NextStep(kind=NextKind.REVIEW, explanation=f"{text} Void it, and put another one.")


def _waiting(invoice: Invoice) -> NextStep | None:
    if invoice.waiting_for in (None, WaitingFor.NOTHING):
        return None
    failure = last_failure_of(invoice)
    text = _REFUSED_CUSTOMER if failure and failure.is_of_customer else _WAITS[invoice.waiting_for]
    return NextStep(kind=NextKind.WAIT, explanation=text)


def _in_flight(invoice: Invoice) -> NextStep:
    if invoice.attempt == 0:
        return NextStep(kind=NextKind.CHARGE, explanation="It is about to be charged.")
    text = "A payment is on its way at Stripe. Looked at again on {}, unless Stripe says before what became of it."
    at = invoice.due_at
    return NextStep(kind=NextKind.LOOK_UP, at=at, explanation=text.format(time_of_day(at)) if at else "")


def _page_due(invoice: Invoice) -> NextStep:
    return NextStep(kind=NextKind.PAYMENT_LINK, at=invoice.due_at, explanation="A payment link is being made.")


def _page_open(invoice: Invoice) -> NextStep:
    until = invoice.page_open_until
    text = f"The customer can pay by the payment link until {time_of_day(until)}." if until else None
    text = text or "The customer can pay by the payment link."
    return NextStep(kind=NextKind.WAIT, at=until, explanation=text)


def _customer_to_act(_invoice: Invoice) -> NextStep:
    text = "Waits for the customer, to authenticate or to transfer the money: the payment's next_action says how."
    return NextStep(kind=NextKind.WAIT, explanation=text)


def _shown_on_page(_invoice: Invoice) -> NextStep:
    text = "Waits for the customer, who has chosen on the page to transfer the money or to pay a voucher."
    return NextStep(kind=NextKind.WAIT, explanation=text)


def _retry_planned(invoice: Invoice) -> NextStep:
    """What follows at once charges another method: the schedule's shortest pause is a day."""
    failure, at = invoice.last_failure, invoice.next_retry_at
    when = day(at) if at else ""
    if failure is None:
        is_part = 0 < invoice.total_paid_amount_cents < invoice.total_amount_cents
        text = f"A part was paid. The rest is charged on {when}." if is_part else f"Tried again on {when}."
        return NextStep(kind=NextKind.CHARGE, at=at, explanation=text)
    if at and at <= failure.at:
        return NextStep(kind=NextKind.CHARGE, at=at, explanation="Another payment method is charged now.")
    number = failure.tries + 1
    if not 1 < number <= failure.most_tries:
        return NextStep(kind=NextKind.CHARGE, at=at, explanation=f"Tried again on {when}.")
    text = f"Tried again on {when}, attempt {number} of {failure.most_tries}."
    return NextStep(kind=NextKind.CHARGE, at=at, attempt=number, attempts=failure.most_tries, explanation=text)


def _authentication_link_due(invoice: Invoice) -> NextStep:
    text = "A payment link follows within minutes, by which the customer can authenticate and pay."
    return NextStep(kind=NextKind.PAYMENT_LINK, at=invoice.due_at, explanation=text)


def _waits_for_another(invoice: Invoice) -> NextStep:
    failure = invoice.last_failure
    again = f"{_NOT_AGAIN[class_of(failure.failure)]} " if failure else ""
    return NextStep(kind=NextKind.WAIT, explanation=f"{again}{_SEND_A_LINK}")


def _settling(invoice: Invoice) -> NextStep:
    text = "A refund, or what is left of an older attempt, is followed to its end at Stripe."
    return NextStep(kind=NextKind.LOOK_UP, at=invoice.due_at, explanation=text)


_FOLLOWS: Mapping[Stage, Callable[[Invoice], NextStep | None]] = {
    Stage.PARKED: _parked,
    Stage.WAITING: _waiting,
    Stage.IN_FLIGHT: _in_flight,
    Stage.PAGE_DUE: _page_due,
    Stage.PAGE_OPEN: _page_open,
    Stage.CUSTOMER_TO_ACT: _customer_to_act,
    Stage.SHOWN_ON_PAGE: _shown_on_page,
    Stage.RETRY_PLANNED: _retry_planned,
    Stage.AUTHENTICATION_LINK_DUE: _authentication_link_due,
    Stage.WAITS_FOR_ANOTHER_METHOD: _waits_for_another,
    Stage.SETTLING: _settling,
}
