"""Money that goes back: what a request, and Stripe's news, does to a payment and to its invoice."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, assert_never

from paystream.model.identifiers import derived_id
from paystream.model.invoice import Invoice
from paystream.model.moves import postpone
from paystream.model.notification import RefundNews, WebhookType
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.payment_refund import Refund, RefundStatus
from paystream.model.received import settles
from paystream.model.schedule import look_at_ended_again_at
from paystream.model.settlement import Settlement
from paystream.model.standing import PaymentStatus

MOST_REFUNDS = 100
"""Of one payment, those that failed included: they are kept with it."""

DUPLICATE = "duplicate"
"""Stripe's reason for the refund of what was paid twice."""

KEY_LACKS_PERMISSION = "key_lacks_permission"
"""Why a refund failed whose account is connected with a key that may not refund."""

_RANK = {
    RefundStatus.PENDING: 0,
    RefundStatus.REQUIRES_ACTION: 0,
    RefundStatus.SUCCEEDED: 1,
    RefundStatus.FAILED: 2,
    RefundStatus.CANCELED: 2,
}
"""A refund goes up only: an event of an earlier status may come later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOutcome:
    """A definite answer of Stripe on one refund; `amount_cents` in minor units.

    `lago_id` is what it was sent with; a refund that a person made at Stripe has none. One that Stripe refused has no
    `provider_refund_id`.
    """

    status: RefundStatus
    amount_cents: int
    created_at: datetime | None = None
    lago_id: str | None = None
    provider_refund_id: str | None = None
    reason: str | None = None
    failure_reason: str | None = None


class RefundSettlement(NamedTuple):
    """What is written, the refund in it, and what of that refund is to be notified."""

    settlement: Settlement
    refund: Refund
    news: tuple[RefundNews, ...]


def refused_refund(lago_id: str, amount_cents: int, reason: str | None, why: str) -> RefundOutcome:
    """What a refund comes to that Stripe has not made, and `why`; `amount_cents` in minor units."""
    return RefundOutcome(
        status=RefundStatus.FAILED,
        amount_cents=amount_cents,
        lago_id=lago_id,
        reason=reason,
        failure_reason=why,
    )


def is_refundable(payment: Payment) -> bool:
    """Whether it may be refunded at all: not if the bank has taken the money back already."""
    is_lost = any(dispute.is_lost for dispute in payment.disputes)
    return payment.payment_status is PayableStatus.SUCCEEDED and not is_lost and len(payment.refunds) < MOST_REFUNDS


def begin_refund(invoice: Invoice, payment: Payment, refund: Refund, *, due_at: datetime, now: datetime) -> Settlement:
    """The refund is on record; it is sent, or looked for, when the invoice is due at the latest."""
    begun = replace(payment, refunds=(*payment.refunds, refund), updated_at=now)
    refunding = _with_refunds(invoice, payment, begun, now)
    return Settlement(postpone(refunding, min(due_at, invoice.due_at or due_at), keeps_claim=True, now=now), begun, ())


def settle_refund(
    invoice: Invoice, payment: Payment, outcome: RefundOutcome, *, now: datetime
) -> RefundSettlement | None:
    """Apply Stripe's news; None if it brings nothing new: a repeat, or older than what is known."""
    known = _known(payment, outcome)
    if known and not _is_news(known, outcome):
        return None
    settled = replace(
        known or _made_at_stripe(payment, outcome, now),
        status=outcome.status,
        amount_cents=outcome.amount_cents,
        provider_refund_id=outcome.provider_refund_id,
        failure_reason=outcome.failure_reason,
        updated_at=now,
    )
    kept = tuple(settled if refund is known else refund for refund in payment.refunds)
    refunded = replace(payment, refunds=kept if known else (*kept, settled), updated_at=now)
    is_another_status = known is None or known.status is not settled.status
    news = _news(settled.status) if is_another_status else ()
    return RefundSettlement(Settlement(_with_refunds(invoice, payment, refunded, now), refunded, ()), settled, news)


def is_surplus(before: Invoice, settlement: Settlement) -> bool:
    """Whether a success has brought more than what was owed `before`. What was refunded already counts: nobody gets
    both payments back. Nothing goes back where a dispute was lost, where only the invoice was given up, or of what came
    in another currency or from another customer. Of an item that is parked nobody knows what is owed.
    """
    payment = settlement.payment
    is_success = payment.payment_status is PayableStatus.SUCCEEDED and settles(before, payment)
    is_known = before.problem is None and before.payment_dispute_lost_at is None
    return is_success and is_known and _surplus(before, settlement) > 0


def with_refund_of_surplus(before: Invoice, settlement: Settlement, now: datetime) -> Settlement:
    """The settlement of a success, with a refund on record of what it brought beyond what was owed `before`."""
    payment, invoice = settlement.payment, settlement.invoice
    refund = Refund(
        lago_id=_automatic_id(payment),
        amount_cents=_surplus(before, settlement),
        status=RefundStatus.PENDING,
        reason=DUPLICATE,
        is_unsent=True,
        created_at=now,
        updated_at=now,
    )
    begun = begin_refund(invoice, payment, refund, due_at=now, now=now)
    return replace(begun, notify=settlement.notify)


def _surplus(before: Invoice, settlement: Settlement) -> int:
    """In minor units. An invoice that was said to be paid elsewhere counts as paid."""
    owed, payment = before.total_amount_cents, settlement.payment
    was_paid = before.payment_status is PaymentStatus.SUCCEEDED
    paid = max(before.total_paid_amount_cents, owed) if was_paid else before.total_paid_amount_cents
    return min(payment.amount_cents, paid - before.total_refunded_amount_cents + payment.amount_cents - owed)


def _news(status: RefundStatus) -> tuple[RefundNews, ...]:
    match status:
        case RefundStatus.PENDING | RefundStatus.REQUIRES_ACTION:
            return ()
        case RefundStatus.SUCCEEDED:
            return (WebhookType.PAYMENT_REFUND_SUCCEEDED,)
        case RefundStatus.FAILED | RefundStatus.CANCELED:
            return (WebhookType.PAYMENT_REFUND_FAILED,)
        case _:
            assert_never(status)


def cut_to_surplus(invoice: Invoice, payment: Payment, now: datetime) -> Settlement | None:
    """The automatic refund of a second payment that was not sent yet, cut to what is still too much by what went back
    otherwise; one of nothing is planned no more. None if it stays as it is.
    """
    planned = payment.refund(_automatic_id(payment))
    if planned is None or planned.provider_refund_id or not planned.is_under_way:
        return None
    too_much = invoice.total_paid_amount_cents - invoice.total_amount_cents
    paid_elsewhere = max(planned.amount_cents - max(too_much, 0), 0)
    back_otherwise = invoice.total_refunded_amount_cents - planned.amount_cents
    left = payment.amount_cents - (payment.refunded_amount_cents - planned.amount_cents)
    amount = max(min(too_much + paid_elsewhere - back_otherwise, left), 0)
    if amount >= planned.amount_cents:
        return None
    cut = (replace(planned, amount_cents=amount, updated_at=now),) if amount else ()
    refunds = (one for refund in payment.refunds for one in (cut if refund is planned else (refund,)))
    after = replace(payment, refunds=tuple(refunds), updated_at=now)
    return Settlement(_with_refunds(invoice, payment, after, now), after, ())


def with_refund_sent(invoice: Invoice, payment: Payment, refund: Refund, now: datetime) -> Settlement:
    """On record before it is sent: from then on nobody but Stripe can say that there is none."""
    sent = replace(refund, is_unsent=False, updated_at=now)
    refunds = tuple(sent if one is refund else one for one in payment.refunds)
    return Settlement(replace(invoice, updated_at=now), replace(payment, refunds=refunds, updated_at=now), ())


def is_automatic(payment: Payment, refund: Refund) -> bool:
    """Whether nobody asked for it: it is of a second payment."""
    return refund.lago_id == _automatic_id(payment)


def _automatic_id(payment: Payment) -> str:
    return derived_id("refund of a second payment", payment.organization_id, payment.lago_id)


def _known(payment: Payment, outcome: RefundOutcome) -> Refund | None:
    """By Stripe's id; by ours where that is not known yet, or where Stripe has refused it and there is none."""
    for refund in payment.refunds:
        is_same = outcome.provider_refund_id is not None and refund.provider_refund_id == outcome.provider_refund_id
        has_none = refund.provider_refund_id is None or outcome.provider_refund_id is None
        if is_same or (has_none and refund.lago_id == outcome.lago_id):
            return refund
    return None


def _is_news(known: Refund, outcome: RefundOutcome) -> bool:
    """One that Stripe refused is superseded by one that was made under the same key all the same, never the reverse."""
    if known.provider_refund_id is not None and outcome.provider_refund_id is None:
        return False
    if known.provider_refund_id is None and outcome.provider_refund_id is not None:
        return True
    is_another = known.status is not outcome.status
    return is_another and (_RANK[outcome.status] > _RANK[known.status] or (known.is_under_way and _is_open(outcome)))


def _is_open(outcome: RefundOutcome) -> bool:
    return _RANK[outcome.status] == 0


def _made_at_stripe(payment: Payment, outcome: RefundOutcome, now: datetime) -> Refund:
    """A refund that was made at Stripe, in its dashboard say."""
    return Refund(
        lago_id=derived_id(
            "refund at Stripe", payment.organization_id, payment.lago_id, str(outcome.provider_refund_id)
        ),
        amount_cents=outcome.amount_cents,
        status=outcome.status,
        reason=outcome.reason,
        created_at=outcome.created_at or now,
        updated_at=now,
    )


def _with_refunds(invoice: Invoice, before: Payment, after: Payment, now: datetime) -> Invoice:
    """When the last refund has ended, the invoice is looked at once more: something else may be to be done about it."""
    others = tuple(one for one in invoice.refunding_payment_ids if one != after.lago_id)
    difference = after.refunded_amount_cents - before.refunded_amount_cents if settles(invoice, after) else 0
    refunding = replace(
        invoice,
        total_refunded_amount_cents=invoice.total_refunded_amount_cents + difference,
        refunding_payment_ids=(*others, after.lago_id) if after.is_being_refunded else others,
        updated_at=now,
    )
    due_at = invoice.due_at or look_at_ended_again_at(refunding, now)
    return postpone(refunding, due_at, keeps_claim=True, now=now)
