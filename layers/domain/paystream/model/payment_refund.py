"""A refund of a payment, as it is kept with the payment; model/refund.py says what becomes of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RefundStatus(StrEnum):
    """Stripe's status of a refund. One that has succeeded may fail later.

    Source: https://docs.stripe.com/api/refunds/object#refund_object-status
    """

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money of a payment that goes back to whom it came from; `amount_cents` in minor units of the payment's currency.

    `lago_id` is the idempotency key at Stripe; it is on record before it is sent. It has no `provider_refund_id` until
    Stripe's answer is known, and never if Stripe refused it. `reason` is Stripe's code for why, and so is
    `failure_reason`. `is_unsent`: it was planned automatically, and was not sent yet.
    """

    lago_id: str
    amount_cents: int
    status: RefundStatus
    created_at: datetime
    updated_at: datetime
    reason: str | None = None
    provider_refund_id: str | None = None
    failure_reason: str | None = None
    is_unsent: bool = False

    @property
    def is_under_way(self) -> bool:
        """Whether its end is not known yet."""
        return self.status in (RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION)

    @property
    def counts(self) -> bool:
        """Whether the money has gone back, or is to."""
        return self.status not in (RefundStatus.FAILED, RefundStatus.CANCELED)
