"""A refund's JSON in our words. Needs no Stripe library."""

from collections.abc import Mapping
from typing import Any

from paystream.adapters.stripe.fields import needed_text, needed_whole, part, text, time
from paystream.model.payment_refund import RefundStatus
from paystream.model.refund import RefundOutcome


def refund_outcome(refund: Mapping[str, Any]) -> RefundOutcome:
    """What a refund says; a status that is not known yet is still on its way. Raises UnreadableObjectError.

    Source: https://docs.stripe.com/api/refunds/object
    """
    status = text(refund, "status")
    return RefundOutcome(
        status=RefundStatus(status) if status in list(RefundStatus) else RefundStatus.PENDING,
        amount_cents=needed_whole(refund, "amount"),
        created_at=time(refund, "created"),
        lago_id=text(part(refund, "metadata"), "lago_refund_id"),
        provider_refund_id=needed_text(refund, "id"),
        reason=text(refund, "reason"),
        failure_reason=text(refund, "failure_reason"),
    )


def is_refund_of_ours(refund: Mapping[str, Any]) -> bool:
    """Whether it bears the name of a refund that was asked for here."""
    return "lago_refund_id" in part(refund, "metadata")
