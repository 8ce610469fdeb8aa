"""What Stripe says of a payment, in our words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from paystream.model.charged_method import ChargedMethod


class PayableStatus(StrEnum):
    """Lago's `payable_payment_status` of a payment. `SUCCEEDED` is final."""

    PENDING = "pending"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


CANCELED = "canceled"
"""Stripe's status of an intent of which nothing can come any more."""

REQUIRES_ACTION = "requires_action"
"""Stripe's status of an intent that waits for the customer."""

REQUIRES_CONFIRMATION = "requires_confirmation"
"""Stripe's status of an intent that was made and not confirmed: the request that was to do both broke off between."""

PROGRESS = (REQUIRES_CONFIRMATION, REQUIRES_ACTION, "processing", "requires_capture")
"""The order in which an intent goes through these; any other that is on its way counts as `processing`."""

CANCELABLE_WHILE_OPEN = frozenset({REQUIRES_CONFIRMATION, REQUIRES_ACTION, "requires_capture"})
"""Where nothing happens until a customer or a program acts, and Stripe cancels the intent until then. Stripe cancels
one in `processing` in rare cases only. Source: https://docs.stripe.com/api/payment_intents/cancel
"""

LINK_EXPIRED = "payment_link_expired"
"""The code of the failure of a payment link that nobody paid on: ours, Stripe has none."""

NOT_AGREED = "fallback_payment_consent_withdrawn"
"""The code of what was not charged: another method was to be, and must not be any more. Ours, too."""

_BY_INTENT_STATUS = {
    "succeeded": PayableStatus.SUCCEEDED,
    CANCELED: PayableStatus.FAILED,
    "requires_payment_method": PayableStatus.FAILED,
}


def payable_status(intent_status: str) -> PayableStatus:
    """The meaning of a payment intent's status; one that is not known yet is still on its way.

    Source: https://docs.stripe.com/payments/paymentintents/lifecycle
    """
    return _BY_INTENT_STATUS.get(intent_status, PayableStatus.PROCESSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an attempt failed: Stripe's codes, as they came.

    Source: https://docs.stripe.com/declines/codes and https://docs.stripe.com/error-codes
    """

    code: str
    message: str
    decline_code: str | None = None
    advice_code: str | None = None
    network_decline_code: str | None = None
    network_advice_code: str | None = None
    payment_method_type: str | None = None
    http_status: int | None = None
    request_id: str | None = None

    @property
    def is_of_a_charge(self) -> bool:
        """Whether Stripe was asked to charge the method: not where it must not be charged any more."""
        return self.code != NOT_AGREED


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A definite answer of Stripe on one payment.

    `intent_status` is Stripe's own, or `failed` where no intent was made. `amount_cents` is what a success has brought,
    else what the intent is over, in minor units of `currency`: they count, should the invoice have been changed since
    it was sent.
    `remaining_amount_cents` is what the customer still has to transfer for it. `intent_created_at` is Stripe's time, in
    whole seconds. `is_only_heard`: an event says so of an attempt whose intent is not known, and another system may
    have made this one. `is_method_gone`: the customer has the payment method no more; `is_customer_gone`: there is no
    such customer. `is_replayed`: Stripe has kept the answer under the request's key, and it says nothing of now. `card`
    is Stripe's fingerprint of the card that was declined; `charged` is what is shown of the payment method, where
    Stripe's answer has more of it than its id.
    """

    status: PayableStatus
    intent_status: str
    intent_id: str | None = None
    intent_created_at: datetime | None = None
    payment_method_id: str | None = None
    amount_cents: int | None = None
    currency: str | None = None
    remaining_amount_cents: int | None = None
    failure: Failure | None = None
    next_action: dict[str, Any] | None = None
    is_only_heard: bool = False
    is_method_gone: bool = False
    is_customer_gone: bool = False
    is_replayed: bool = False
    card: str | None = None
    charged: ChargedMethod | None = None


def of_several(outcomes: Iterable[Outcome]) -> Outcome | None:
    """What counts of several intents that bear one name, the newest first: a success, then what is on its way, then
    what can be paid still. Of the same kind it is the first that was made.
    """
    oldest_first = reversed(tuple(outcomes))
    return min(oldest_first, key=_rank, default=None)


def _rank(outcome: Outcome) -> tuple[bool, bool, bool]:
    is_unpaid, has_failed = outcome.status is not PayableStatus.SUCCEEDED, outcome.status is PayableStatus.FAILED
    return is_unpaid, has_failed, outcome.intent_status == CANCELED


def gone(intent_id: str) -> Outcome:
    """What an intent comes to that Stripe has no more: nothing can come of it. Test data can be deleted, and personal
    data redacted: https://docs.stripe.com/privacy/redaction.
    """
    return Outcome(
        status=PayableStatus.FAILED,
        intent_status=CANCELED,
        intent_id=intent_id,
        failure=Failure(code="resource_missing", message="The payment intent is gone at Stripe."),
    )


def expired_link(intent_id: str | None = None) -> Outcome:
    """What an expired payment link comes to: nothing was paid on its page, and nothing can be any more."""
    return Outcome(
        status=PayableStatus.FAILED,
        intent_status=CANCELED,
        intent_id=intent_id,
        failure=Failure(code=LINK_EXPIRED, message="The payment link expired before it was paid."),
    )
