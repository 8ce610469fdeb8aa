"""A payment that its customer disputes: what Stripe's news does to it and to its invoice."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from paystream.model.invoice import Invoice
from paystream.model.moves import postpone
from paystream.model.notification import DisputeNews, WebhookType
from paystream.model.payment import Payment
from paystream.model.payment_dispute import LOST, Dispute
from paystream.model.received import OnRecord, as_on_record
from paystream.model.settlement import Settlement
from paystream.model.standing import PaymentStatus

_WON = "won"
_CLOSED = (LOST, _WON, "prevented", "warning_closed")
_INQUIRY = "warning_"
"""Source: https://docs.stripe.com/api/disputes/object#dispute_object-status"""


class DisputeSettlement(NamedTuple):
    """What is written, the dispute in it, and what of it is to be notified."""

    settlement: Settlement
    dispute: Dispute
    news: tuple[DisputeNews, ...]


def settle_dispute(
    invoice: Invoice,
    payment: Payment,
    dispute: Dispute,
    *,
    said_at: datetime,
    on_record: OnRecord,
    now: datetime,
) -> DisputeSettlement | None:
    """Keep what Stripe says of a dispute beside the others of its payment; None if it brings nothing new: a repeat, or
    older than what is known. An appeal, or an arbitration, may turn an end into another one: the later word counts.

    The money of a lost one is gone, and the invoice stays paid: it says since when (`payment_dispute_lost_at`). Where
    it comes back, more may have come than is owed: the invoice is looked at once more. Source:
    https://docs.stripe.com/disputes/how-disputes-work
    """
    known = next((one for one in payment.disputes if one.id == dispute.id), None)
    if known and not _is_later(known, dispute, said_at):
        return None
    kept = _as_said(known, dispute, said_at)
    beside = tuple(kept if one is known else one for one in payment.disputes)
    disputed = replace(payment, disputes=beside if known else (*beside, kept), updated_at=now)
    lost_at = _lost_at(invoice, known, kept, on_record.with_payment(disputed))
    stands = replace(invoice, payment_dispute_lost_at=lost_at, updated_at=now)
    if known and _comes_back(known, kept, invoice):
        stands = postpone(stands, now, keeps_claim=True, now=now)
    return DisputeSettlement(Settlement(stands, disputed, ()), kept, _news(known, dispute))


def _as_said(known: Dispute | None, dispute: Dispute, said_at: datetime) -> Dispute:
    said = replace(dispute, said_at=said_at, opened_at=_opened_at(known, said_at))
    if known and known.status == dispute.status:
        return replace(said, ended_at=known.ended_at)
    return replace(said, ended_at=said_at if dispute.status in _CLOSED else None)


def _opened_at(known: Dispute | None, said_at: datetime) -> datetime:
    """One that was kept before this was, is as old as what is known of it."""
    return (known and (known.opened_at or known.said_at or known.ended_at)) or said_at


def _comes_back(known: Dispute, kept: Dispute, invoice: Invoice) -> bool:
    return known.is_lost and kept.status == _WON and invoice.payment_status is PaymentStatus.SUCCEEDED


def _is_later(known: Dispute, dispute: Dispute, said_at: datetime) -> bool:
    """By Stripe's clock. Of what was said in the same second, the end comes after what leads to it."""
    known_at = known.said_at or known.ended_at
    if known_at is None:
        return dispute.status != known.status
    is_further = _progress(dispute.status) > _progress(known.status)
    return said_at > known_at or (said_at == known_at and is_further)


def _progress(status: str) -> int:
    if status in _CLOSED:
        return 2
    return 0 if status.startswith(_INQUIRY) else 1


def _lost_at(invoice: Invoice, known: Dispute | None, kept: Dispute, on_record: OnRecord) -> datetime | None:
    """Since when money was taken back; where this dispute is lost no more, another one may be."""
    if known and known.is_lost and not kept.is_lost:
        return as_on_record(invoice, on_record.payments, None).payment_dispute_lost_at
    lost_at = (invoice.payment_dispute_lost_at, kept.ended_at if kept.is_lost else None)
    return max((one for one in lost_at if one), default=None)


def _news(known: Dispute | None, dispute: Dispute) -> tuple[DisputeNews, ...]:
    if known and known.status == dispute.status:
        return ()
    if dispute.status == LOST:
        return (WebhookType.INVOICE_PAYMENT_DISPUTE_LOST,)
    if dispute.status == _WON:
        return (WebhookType.PAYMENT_DISPUTE_WON,)
    return (WebhookType.PAYMENT_DISPUTE_OPENED,) if _is_opened(known, dispute) else ()


def _is_opened(known: Dispute | None, dispute: Dispute) -> bool:
    """Whether it is new, an inquiry that has become a chargeback, or open again after its end."""
    if dispute.status in _CLOSED:
        return False
    is_chargeback = not dispute.status.startswith(_INQUIRY)
    return known is None or known.status in _CLOSED or (known.status.startswith(_INQUIRY) and is_chargeback)
