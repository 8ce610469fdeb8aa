"""A payment that its customer disputes: what Stripe's news does to it and to its invoice."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from paystream.model.invoice import Invoice
from paystream.model.notification import DisputeNews, WebhookType
from paystream.model.payment import Payment
from paystream.model.payment_dispute import LOST, Dispute
from paystream.model.settlement import Settlement

_WON = "won"
_CLOSED = (LOST, _WON, "prevented", "warning_closed")
"""Source: https://docs.stripe.com/api/disputes/object#dispute_object-status"""


class DisputeSettlement(NamedTuple):
    """What is written, the dispute in it, and what of it is to be notified."""

    settlement: Settlement
    dispute: Dispute
    news: tuple[DisputeNews, ...]


def settle_dispute(
    invoice: Invoice, payment: Payment, dispute: Dispute, *, occurred_at: datetime, now: datetime
) -> DisputeSettlement | None:
    """Keep what Stripe says of a dispute beside the others of its payment; None if it brings nothing new.

    The money of a lost one is gone, and the invoice stays paid: it says since when (`payment_dispute_lost_at`).
    """
    known = next((one for one in payment.disputes if one.id == dispute.id), None)
    if known and _is_known(known, dispute):
        return None
    kept = replace(dispute, ended_at=occurred_at if dispute.status in _CLOSED else None)
    lost_at = kept.ended_at if kept.is_lost else invoice.payment_dispute_lost_at
    beside = tuple(kept if one is known else one for one in payment.disputes)
    settlement = Settlement(
        replace(invoice, payment_dispute_lost_at=lost_at, updated_at=now),
        replace(payment, disputes=beside if known else (*beside, kept), updated_at=now),
        (),
    )
    return DisputeSettlement(settlement, kept, _news(known, dispute))


def _is_known(known: Dispute, dispute: Dispute) -> bool:
    """Whether its status was heard before, or the dispute has ended."""
    return known.status == dispute.status or known.status in _CLOSED


def _news(known: Dispute | None, dispute: Dispute) -> tuple[DisputeNews, ...]:
    if dispute.status == LOST:
        return (WebhookType.INVOICE_PAYMENT_DISPUTE_LOST,)
    if dispute.status == _WON:
        return (WebhookType.PAYMENT_DISPUTE_WON,)
    is_new = known is None and dispute.status not in _CLOSED
    return (WebhookType.PAYMENT_DISPUTE_OPENED,) if is_new else ()
