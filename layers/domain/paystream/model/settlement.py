"""The state machine: what Stripe's news does to an invoice and its payment.

The only place that decides `payment_status`. Rules 1, 2, 5 and 9 of docs/architecture.md live here.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from paystream.model.charged_method import ChargedMethod
from paystream.model.customer import Customer
from paystream.model.declines import Retry, asks_for_authentication, when_to_retry
from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice
from paystream.model.moves import move, park, postpone
from paystream.model.notification import PaymentNews, WebhookType
from paystream.model.outcome import CANCELED, LINK_EXPIRED, PROGRESS, REQUIRES_ACTION, Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.received import paid_otherwise
from paystream.model.retries import next_retry_at, with_decline, with_failure
from paystream.model.schedule import FAILED_IS_CLOSED_AFTER, LONGEST_REQUEST, look_again_at
from paystream.model.standing import PaymentStatus, Stage, WaitingFor


@dataclass(frozen=True, slots=True)
class Settlement:
    """The next state of an invoice and its payment, written together with what has to be notified, and with the attempt
    before if that was closed at Stripe just now. `begins`: the payment is new, and must be on no record yet. `customer`
    is there if what is known of its cards has changed by it.
    """

    invoice: Invoice
    payment: Payment
    notify: tuple[PaymentNews, ...]
    closed: Payment | None = None
    begins: bool = False
    customer: Customer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What may follow a failure: what the schedule says, or a charge at once if the customer's default is another
    payment method by now; and with `authentication_links` a payment link, if the customer has to authenticate.
    `next_payment_method_id` is charged at once where the method was declined for good; `is_card_spent`: the card
    networks allow no other try.
    """

    retry_schedule_days: tuple[int, ...] = ()
    authentication_links: bool = False
    default_payment_method_id: str | None = None
    next_payment_method_id: str | None = None
    is_card_spent: bool = False


NOTHING_FOLLOWS = FollowUp()
_ENDS = (PayableStatus.SUCCEEDED, PayableStatus.FAILED)


def settle(
    invoice: Invoice,
    payment: Payment,
    outcome: Outcome,
    *,
    follow_up: FollowUp = NOTHING_FOLLOWS,
    now: datetime,
) -> Settlement | None:
    """Apply a definite outcome; None if it brings nothing new: a repeat, or older than what is known."""
    if not is_news(payment, outcome):
        return None
    settled = replace(
        payment,
        status=outcome.intent_status,
        payment_status=outcome.status,
        provider_payment_id=outcome.intent_id or payment.provider_payment_id,
        provider_created_at=outcome.intent_created_at or payment.provider_created_at,
        payment_method_id=outcome.payment_method_id or payment.payment_method_id,
        charged=_charged(payment, outcome),
        ended_at=_ended_at(payment, outcome, now),
        amount_cents=payment.amount_cents if outcome.amount_cents is None else outcome.amount_cents,
        currency=outcome.currency or payment.currency,
        failure=outcome.failure,
        next_action=outcome.next_action,
        remaining_amount_cents=outcome.remaining_amount_cents,
        updated_at=now,
    )
    if _closes(payment, outcome):
        return Settlement(replace(invoice, updated_at=now), replace(settled, failure=payment.failure), ())
    decided = _asked_later(_decide_invoice(invoice, settled, follow_up, now), outcome, now)
    news = _what_to_notify(
        invoice,
        decided,
        settled,
        is_retried_at_all=bool(follow_up.retry_schedule_days),
        is_waited_for=invoice.is_open or invoice.stage is Stage.PARKED or not _was_to_act(payment, settled),
    )
    return Settlement(decided, settled, news)


def _charged(payment: Payment, outcome: Outcome) -> ChargedMethod | None:
    """What was known before holds for the same payment method only."""
    is_another = outcome.payment_method_id not in (None, payment.payment_method_id)
    return outcome.charged or (None if is_another else payment.charged)


def _asked_later(decided: Invoice, outcome: Outcome, now: datetime) -> Invoice:
    """Where only an event was heard, the attempt's own intent may have succeeded as well: Stripe was not asked yet."""
    is_asked_later = outcome.is_only_heard and decided.due_at is None
    return postpone(decided, now + LONGEST_REQUEST, now=now) if is_asked_later else decided


def is_news(payment: Payment, outcome: Outcome) -> bool:
    """Whether an outcome says more than what is known of a payment.

    A success is final; a failure is superseded by a late success, and is closed; `requires_action` comes before
    `processing`, and says what is still to be transferred: that only falls. So it is with the others of `PROGRESS`.
    """
    match payment.payment_status:
        case PayableStatus.SUCCEEDED:
            return False
        case PayableStatus.FAILED:
            return outcome.status is PayableStatus.SUCCEEDED or _closes(payment, outcome)
        case PayableStatus.PROCESSING if outcome.status is PayableStatus.PROCESSING:
            goes_on = _progress(outcome.intent_status) > _progress(payment.status)
            is_the_same = payment.status == REQUIRES_ACTION == outcome.intent_status
            return goes_on or (is_the_same and _less_remains(payment, outcome))
        case _:
            return True


def _ended_at(payment: Payment, outcome: Outcome, now: datetime) -> datetime | None:
    """Since when its end is known. What is closed failed before; what is decided once more was known, too."""
    if _closes(payment, outcome):
        return payment.ended_at
    if outcome.status not in _ENDS:
        return None
    is_late = payment.payment_status is PayableStatus.FAILED
    return now if is_late else payment.ended_at or now


def _progress(intent_status: str) -> int:
    return PROGRESS.index(intent_status if intent_status in PROGRESS else "processing")


def _less_remains(payment: Payment, outcome: Outcome) -> bool:
    """Whether a part of the money has come since."""
    remains, remained = outcome.remaining_amount_cents, payment.remaining_amount_cents
    return remains is not None and remained is not None and remains < remained


def _closes(payment: Payment, outcome: Outcome) -> bool:
    """Whether nothing can come of a failed payment any more: the invoice and its subscribers know that it failed."""
    is_failed = payment.payment_status is PayableStatus.FAILED
    return is_failed and outcome.intent_status == CANCELED != payment.status


def _decide_invoice(invoice: Invoice, payment: Payment, follow_up: FollowUp, now: datetime) -> Invoice:
    if payment.attempt < invoice.attempt and payment.payment_status is not PayableStatus.SUCCEEDED:
        return replace(invoice, updated_at=now)
    invoice = replace(
        invoice,
        attempt=max(invoice.attempt, payment.attempt),
        attempt_started_at=invoice.attempt_started_at or payment.created_at,
        updated_at=now,
    )
    if payment.payment_status is PayableStatus.SUCCEEDED:
        return _decide_paid(invoice, payment, follow_up, now)
    if payment.payment_status is PayableStatus.FAILED and invoice.payment_status is PaymentStatus.PENDING:
        declined = with_decline(invoice, payment)
        failed = with_failure(declined, payment, follow_up.retry_schedule_days)
        return _decide_failed(failed, payment, follow_up, now)
    if not invoice.is_open:
        return invoice
    return move(
        invoice,
        _stage_under_way(payment),
        next_retry_at=invoice.next_retry_at,
        planned_payment_method_id=invoice.standing.planned_payment_method_id,
        due_at=look_again_at(invoice, now),
        now=now,
    )


def _decide_paid(invoice: Invoice, payment: Payment, follow_up: FollowUp, now: datetime) -> Invoice:
    """What came in another currency, or from another customer, settles nothing: a person has to say what is right."""
    other = paid_otherwise(invoice, (payment,))
    if other:
        return park(invoice, *other, due_at=now, now=now) if invoice.is_owed else invoice
    paid = replace(invoice, total_paid_amount_cents=invoice.total_paid_amount_cents + payment.amount_cents)
    if paid.is_owed and paid.total_due_amount_cents:
        return _decide_rest(paid, payment, follow_up, now)
    return move(paid, Stage.PAID, due_at=_look_at_paid_again_at(invoice, payment, now), now=now)


def _stage_under_way(payment: Payment) -> Stage:
    if payment.waits_on_page:
        return Stage.SHOWN_ON_PAGE
    return Stage.CUSTOMER_TO_ACT if payment.requires_action else Stage.IN_FLIGHT


def _look_at_paid_again_at(invoice: Invoice, payment: Payment, now: datetime) -> datetime | None:
    """What was to be done of an invoice that was paid already stays to be done. If it was paid besides its last
    attempt, that one is to be closed, and so is a page of which only an event has said that it was paid.
    """
    if invoice.payment_status is PaymentStatus.SUCCEEDED or invoice.refunding_payment_ids:
        return invoice.due_at
    is_last = _is_own(payment) and payment.attempt == invoice.attempt
    return None if is_last and not payment.is_to_be_closed else now


def _is_own(payment: Payment) -> bool:
    """Whether it is that of its attempt, and no other system's that names the attempt."""
    return payment.lago_id == payment_id(payment.organization_id, payment.invoice_id, payment.attempt)


def _decide_rest(paid: Invoice, payment: Payment, follow_up: FollowUp, now: datetime) -> Invoice:
    """What follows a success over less than what is due. The last attempt has ended with it, and the schedule says when
    the rest is charged. Any other leaves the invoice where it stands; then the last attempt is over too much, and is
    closed first.
    """
    if not (_is_own(payment) and payment.attempt == paid.attempt):
        return postpone(paid, now, now=now)
    is_page_left = payment.is_to_be_closed
    paid = replace(paid, last_failure=None)
    if paid.skip_psp:
        return move(paid, Stage.GIVEN_UP, due_at=now if is_page_left else now + FAILED_IS_CLOSED_AFTER, now=now)
    days = follow_up.retry_schedule_days
    retry_at = now + timedelta(days=days[0]) if days else None
    return move(
        paid,
        Stage.RETRY_PLANNED if retry_at else _stage_without_retry(paid),
        waiting_for=_awaited(paid),
        next_retry_at=retry_at,
        due_at=now if is_page_left else retry_at or now + FAILED_IS_CLOSED_AFTER,
        now=now,
    )


def _decide_failed(failed: Invoice, payment: Payment, follow_up: FollowUp, now: datetime) -> Invoice:
    """What follows. Where no attempt does, the invoice is looked at once more: its attempt is closed, and the customer
    may have another payment method by then.

    A payment link follows a charge only: one that expired is not followed by another.
    """
    if not failed.is_owed:
        return move(failed, Stage.GIVEN_UP, due_at=now if payment.is_to_be_closed else None, now=now)
    if failed.skip_psp and not _was_closed_for_another(payment):
        return move(failed, Stage.GIVEN_UP, due_at=now + FAILED_IS_CLOSED_AFTER, now=now)
    retry_at, planned = _next_charge(failed, payment, follow_up, now)
    if retry_at:
        return move(
            failed,
            Stage.RETRY_PLANNED,
            waiting_for=_awaited(failed),
            due_at=retry_at,
            next_retry_at=retry_at,
            planned_payment_method_id=planned,
            now=now,
        )
    return _decide_without_retry(failed, payment, follow_up, now)


def _next_charge(
    failed: Invoice, payment: Payment, follow_up: FollowUp, now: datetime
) -> tuple[datetime | None, str | None]:
    """When another charge follows, and of which method; none is named for the customer's default of then. Another
    default goes before another method on file, and that before the schedule.
    """
    is_awaited = _awaited(failed) is not None
    is_another = is_awaited and failed.was_not_charged_with(follow_up.default_payment_method_id)
    if _was_closed_for_another(payment) or is_another:
        return now, None
    if is_awaited and follow_up.next_payment_method_id:
        return now, follow_up.next_payment_method_id
    days = () if follow_up.is_card_spent else follow_up.retry_schedule_days
    return next_retry_at(failed, payment, days, now), _planned_method(failed, payment)


def _decide_without_retry(failed: Invoice, payment: Payment, follow_up: FollowUp, now: datetime) -> Invoice:
    asks = payment.link is None and asks_for_authentication(payment.failure)
    is_linked = follow_up.authentication_links and asks and _awaited(failed) is not None
    return move(
        failed,
        Stage.AUTHENTICATION_LINK_DUE if is_linked else _stage_without_retry(failed),
        waiting_for=_awaited(failed),
        due_at=now if is_linked else now + FAILED_IS_CLOSED_AFTER,
        now=now,
    )


def _awaited(invoice: Invoice) -> WaitingFor | None:
    """What brings it up after a failure; nothing, where it says itself which method is charged."""
    return None if invoice.own_payment_method_id else WaitingFor.ANOTHER_PAYMENT_METHOD


def _stage_without_retry(invoice: Invoice) -> Stage:
    return Stage.WAITS_FOR_ANOTHER_METHOD if _awaited(invoice) else Stage.GIVEN_UP


def _planned_method(failed: Invoice, payment: Payment) -> str | None:
    """A payment link that was not paid leaves the plan as it was; a bank transfer needs no method."""
    charged = None if payment.bank_transfer else payment.payment_method_id
    return failed.standing.planned_payment_method_id if payment.link else charged


def _was_closed_for_another(payment: Payment) -> bool:
    """Whether it was closed because another attempt was asked for; not if a debit bounced that was begun on a page."""
    is_expired = payment.failure is not None and payment.failure.code == LINK_EXPIRED
    return payment.is_superseded and (is_expired or payment.link is None)


def _what_to_notify(
    before: Invoice, after: Invoice, payment: Payment, *, is_retried_at_all: bool, is_waited_for: bool
) -> tuple[PaymentNews, ...]:
    news: list[PaymentNews] = []
    if payment.payment_status is PayableStatus.SUCCEEDED:
        news.append(WebhookType.PAYMENT_SUCCEEDED)
    elif payment.payment_status is PayableStatus.FAILED and is_waited_for:
        news.append(WebhookType.INVOICE_PAYMENT_FAILURE)
    elif payment.status == REQUIRES_ACTION:
        news.append(WebhookType.PAYMENT_REQUIRES_ACTION)
    if is_retried_at_all and _is_abandoned(before, after, payment):
        news.append(WebhookType.INVOICE_PAYMENT_ABANDONED)
    if after.payment_status is not before.payment_status:
        news.append(WebhookType.INVOICE_PAYMENT_STATUS_UPDATED)
    return tuple(news)


def _was_to_act(before: Payment, after: Payment) -> bool:
    """Whether only the customer could have paid it: nobody waits for that once the invoice is settled otherwise."""
    return before.link is not None or (before.requires_action and after.status == CANCELED)


def _is_abandoned(before: Invoice, after: Invoice, payment: Payment) -> bool:
    """Whether a charge has failed that was retried until the schedule's end, or never may be."""
    has_failed = before.is_open and after.payment_status is PaymentStatus.FAILED and payment.link is None
    waits_for_customer = when_to_retry(payment.failure) is Retry.AFTER_CUSTOMER_ACTS
    return has_failed and after.next_retry_at is None and not waits_for_customer
