"""What was received beyond what is owed, by all that is on record, and how it goes back automatically."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from paystream.model.identifiers import derived_id
from paystream.model.invoice import Invoice
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.payment_refund import Refund, RefundStatus
from paystream.model.received import OnRecord, as_on_record, has_come, settles
from paystream.model.refund import begin_refund, is_refundable, with_refunds
from paystream.model.settlement import Settlement

DUPLICATE = "duplicate"
"""Stripe's reason for the refund of what was paid twice."""


class ToSendBack(NamedTuple):
    """What of which payment is to go back, in minor units."""

    payment: Payment
    amount_cents: int


def may_be_too_much(before: Invoice, payment: Payment) -> bool:
    """Whether a success may have brought more than was owed `before`: the records say whether it has."""
    is_over = not before.is_owed or payment.amount_cents > before.total_due_amount_cents
    return payment.payment_status is PayableStatus.SUCCEEDED and settles(before, payment) and is_over


def surplus(invoice: Invoice, on_record: OnRecord) -> int:
    """What came beyond what is owed and neither went back nor is to, in minor units. None where a dispute was lost. Of
    an item that is parked nobody knows what is owed.
    """
    known = as_on_record(invoice, on_record.payments, on_record.history)
    if invoice.problem or known.payment_dispute_lost_at:
        return 0
    kept = known.total_paid_amount_cents - known.total_refunded_amount_cents
    return max(kept - invoice.total_amount_cents, 0)


def second_payment(invoice: Invoice, on_record: OnRecord) -> ToSendBack | None:
    """What is to go back by now, because a refund has failed say; None if nothing is. It is of the last success.

    Where only one payment came, a smaller item has replaced what it paid: a person decides. So it is once one that
    went back automatically has failed.
    """
    came = [one for one in on_record.payments if has_come(one) and settles(invoice, one)]
    charged = [one for one in came if isinstance(one, Payment)]
    if len(came) + _was_paid_elsewhere(on_record) <= 1 or any(map(_has_come_back, charged)):
        return None
    last = max(filter(_may_go_back, charged), key=_received_at, default=None)
    if last is None:
        return None
    amount = min(surplus(invoice, on_record), _left_of(last))
    return ToSendBack(last, amount) if amount > 0 else None


def with_refund_of_surplus(settlement: Settlement, amount_cents: int, now: datetime) -> Settlement:
    """The settlement, with an automatic refund of its payment on record, in minor units."""
    refund = Refund(
        lago_id=_automatic_id(settlement.payment),
        amount_cents=amount_cents,
        status=RefundStatus.PENDING,
        reason=DUPLICATE,
        is_unsent=True,
        created_at=now,
        updated_at=now,
    )
    begun = begin_refund(settlement.invoice, settlement.payment, refund, due_at=now, now=now)
    return replace(begun, notify=settlement.notify)


def cut_to_surplus(invoice: Invoice, payment: Payment, on_record: OnRecord, now: datetime) -> Settlement | None:
    """The automatic refund of a second payment that was not sent yet, cut to what is still too much; one of nothing is
    planned no more. None if it stays as it is, as it does while the item is parked.
    """
    planned = automatic_refund(payment)
    if planned is None or planned.provider_refund_id or not planned.is_under_way or invoice.problem:
        return None
    without = replace(payment, refunds=tuple(refund for refund in payment.refunds if refund is not planned))
    amount = min(surplus(invoice, on_record.with_payment(without)), _left_of(without))
    if amount >= planned.amount_cents:
        return None
    cut = [replace(planned, amount_cents=amount, updated_at=now)] if amount > 0 else []
    after = replace(payment, refunds=(*without.refunds, *cut), updated_at=now)
    return Settlement(with_refunds(invoice, payment, after, now), after, ())


def automatic_refund(payment: Payment) -> Refund | None:
    """The refund of a second payment that nobody asked for, if one is on record."""
    return payment.refund(_automatic_id(payment))


def _was_paid_elsewhere(on_record: OnRecord) -> bool:
    return on_record.history is not None and bool(on_record.history.paid_elsewhere_cents)


def _has_come_back(payment: Payment) -> bool:
    """Whether it was to go back automatically, and did not."""
    automatic = automatic_refund(payment)
    return automatic is not None and not automatic.counts


def _may_go_back(payment: Payment) -> bool:
    return automatic_refund(payment) is None and is_refundable(payment)


def _received_at(payment: Payment) -> datetime:
    return payment.provider_created_at or payment.created_at


def _left_of(payment: Payment) -> int:
    return payment.amount_cents - payment.refunded_amount_cents


def _automatic_id(payment: Payment) -> str:
    return derived_id("refund of a second payment", payment.organization_id, payment.lago_id)
