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

KEY_LACKS_PERMISSION = "key_lacks_permission"
"""Why a refund failed whose account is connected with a key that may not refund."""


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
    refunding = with_refunds(invoice, payment, begun, now)
    return Settlement(postpone(refunding, min(due_at, invoice.due_at or due_at), keeps_claim=True, now=now), begun, ())


def settle_refund(
    invoice: Invoice, payment: Payment, outcome: RefundOutcome, *, now: datetime
) -> RefundSettlement | None:
    """Apply Stripe's news; None if it brings nothing new: a repeat, or older than what is known.

    Where the money stays, more may have come than is owed: the invoice is looked at once more.
    """
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
    refunding = _looked_at_if_kept(with_refunds(invoice, payment, refunded, now), settled, now)
    return RefundSettlement(Settlement(refunding, refunded, ()), settled, news)


def _looked_at_if_kept(invoice: Invoice, refund: Refund, now: datetime) -> Invoice:
    is_left = not refund.counts and invoice.payment_status is PaymentStatus.SUCCEEDED
    return postpone(invoice, now, now=now) if is_left else invoice


def with_refunds(invoice: Invoice, before: Payment, after: Payment, now: datetime) -> Invoice:
    """The invoice of a payment of which a refund was begun, has changed, or is planned no more. When the last one has
    ended, it is looked at once more: something else may be to be done about it.
    """
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


def with_refund_sent(invoice: Invoice, payment: Payment, refund: Refund, now: datetime) -> Settlement:
    """On record before it is sent: from then on nobody but Stripe can say that there is none."""
    sent = replace(refund, is_unsent=False, updated_at=now)
    refunds = tuple(sent if one is refund else one for one in payment.refunds)
    return Settlement(replace(invoice, updated_at=now), replace(payment, refunds=refunds, updated_at=now), ())


def _known(payment: Payment, outcome: RefundOutcome) -> Refund | None:
    """By Stripe's id; by ours where that is not known yet, or where Stripe has refused it and there is none."""
    for refund in payment.refunds:
        is_same = outcome.provider_refund_id is not None and refund.provider_refund_id == outcome.provider_refund_id
        has_none = refund.provider_refund_id is None or outcome.provider_refund_id is None
        if is_same or (has_none and refund.lago_id == outcome.lago_id):
            return refund
    return None


def _is_news(known: Refund, outcome: RefundOutcome) -> bool:
    """One that Stripe refused is superseded by one that was made under the same key all the same, never the reverse.
    One that has ended only fails late: the event of an earlier status may come after it.
    """
    if known.provider_refund_id is not None and outcome.provider_refund_id is None:
        return False
    if known.provider_refund_id is None and outcome.provider_refund_id is not None:
        return True
    ends = (RefundStatus.FAILED, RefundStatus.CANCELED)
    fails_late = known.status is RefundStatus.SUCCEEDED and outcome.status in ends
    return known.status is not outcome.status and (known.is_under_way or fails_late)


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
