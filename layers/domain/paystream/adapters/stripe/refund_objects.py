"""A refund's JSON in our words. Needs no Stripe library."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from paystream.model.payment_refund import RefundStatus
from paystream.model.refund import RefundOutcome


def refund_outcome(refund: Mapping[str, Any]) -> RefundOutcome:
    """What a refund says; a status that is not known yet is still on its way.

    Source: https://docs.stripe.com/api/refunds/object
    """
    status = refund.get("status")
    return RefundOutcome(
        status=RefundStatus(status) if status in list(RefundStatus) else RefundStatus.PENDING,
        amount_cents=refund["amount"],
        created_at=datetime.fromtimestamp(refund["created"], UTC),
        lago_id=(refund.get("metadata") or {}).get("lago_refund_id"),
        provider_refund_id=refund["id"],
        reason=refund.get("reason"),
        failure_reason=refund.get("failure_reason"),
    )
