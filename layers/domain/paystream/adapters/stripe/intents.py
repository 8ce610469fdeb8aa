"""A payment intent's JSON in our words. Needs no Stripe library, so that the webhook's cold start does not pay for
it.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from paystream.model.outcome import Failure, Outcome, PayableStatus, payable_status

_EMAIL = re.compile(r"\S+@\S+")


def outcome_from_intent(intent: Mapping[str, Any]) -> Outcome:
    """What an intent says. Of one that was captured in part, what was received counts. Source:
    https://docs.stripe.com/api/payment_intents/object#payment_intent_object-amount_received
    """
    status = payable_status(intent["status"])
    error = intent.get("last_payment_error")
    failure = None
    if status is PayableStatus.FAILED:
        canceled = {"code": "canceled", "message": f"The payment was canceled: {intent.get('cancellation_reason')}."}
        failure = failure_from_error(error or (canceled if intent["status"] == "canceled" else {}))
    next_action = intent.get("next_action") if status is PayableStatus.PROCESSING else None
    return Outcome(
        status=status,
        intent_status=intent["status"],
        intent_id=intent["id"],
        intent_created_at=datetime.fromtimestamp(intent["created"], UTC),
        payment_method_id=_method_of(intent),
        amount_cents=intent["amount_received"] if status is PayableStatus.SUCCEEDED else intent["amount"],
        currency=intent["currency"].upper(),
        remaining_amount_cents=_remaining(next_action),
        failure=failure,
        next_action=next_action,
    )


def _remaining(next_action: Mapping[str, Any] | None) -> int | None:
    """What the customer still has to transfer, in minor units."""
    instructions = (next_action or {}).get("display_bank_transfer_instructions") or {}
    remaining: int | None = instructions.get("amount_remaining")
    return remaining


def _method_of(intent: Mapping[str, Any]) -> str | None:
    """The payment method that is, or was, charged: an intent that failed has it in its last error only."""
    error: Mapping[str, Any] = intent.get("last_payment_error") or {}
    charged: str | None = intent.get("payment_method")
    return charged or _method_of_error(error)


def _method_of_error(error: Mapping[str, Any]) -> str | None:
    method_id: str | None = (error.get("payment_method") or {}).get("id")
    return method_id


def outcome_from_error(error: Mapping[str, Any], *, http_status: int | None, request_id: str | None) -> Outcome:
    """What the refusal of a payment says. One that carries an intent which succeeded after all is a success."""
    intent = error.get("payment_intent")
    if intent and intent.get("status") == "succeeded":
        return outcome_from_intent(intent)
    return Outcome(
        status=PayableStatus.FAILED,
        intent_status=intent["status"] if intent else "failed",
        intent_id=intent["id"] if intent else None,
        payment_method_id=_method_of_error(error),
        failure=failure_from_error(error, http_status=http_status, request_id=request_id),
    )


def failure_from_error(
    error: Mapping[str, Any], *, http_status: int | None = None, request_id: str | None = None
) -> Failure:
    """Stripe's codes as they came. Source: https://docs.stripe.com/api/errors"""
    return Failure(
        code=error.get("code") or error.get("type") or "payment_failed",
        message=without_email(error.get("message") or "The payment failed."),
        decline_code=error.get("decline_code"),
        advice_code=error.get("advice_code"),
        network_decline_code=error.get("network_decline_code"),
        network_advice_code=error.get("network_advice_code"),
        payment_method_type=(error.get("payment_method") or {}).get("type"),
        http_status=http_status,
        request_id=request_id,
    )


def without_email(message: str) -> str:
    """Stripe repeats a wrong e-mail in its message; we don't."""
    return _EMAIL.sub("[e-mail]", message)
