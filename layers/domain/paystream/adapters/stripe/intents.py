"""A payment intent's JSON in our words. Needs no Stripe library, so that the webhook's cold start does not pay for
it.
"""

import re
from collections.abc import Mapping
from typing import Any

from paystream.adapters.stripe.fields import kept_whole, needed_text, part, reference, text, time, whole
from paystream.model.charged_method import ChargedMethod
from paystream.model.outcome import Failure, Outcome, PayableStatus, payable_status

_EMAIL = re.compile(r"\S+@\S+")


def outcome_from_intent(intent: Mapping[str, Any]) -> Outcome:
    """What an intent says. Of one that was captured in part, what was received counts. Raises UnreadableObjectError if
    it has no id or no status. Source:
    https://docs.stripe.com/api/payment_intents/object#payment_intent_object-amount_received
    """
    intent_status = needed_text(intent, "status")
    status = payable_status(intent_status)
    failure = None
    if status is PayableStatus.FAILED:
        reason = text(intent, "cancellation_reason")
        canceled = {"code": "canceled", "message": f"The payment was canceled: {reason}."}
        error = part(intent, "last_payment_error")
        failure = failure_from_error(error or (canceled if intent_status == "canceled" else {}))
    next_action = kept_whole(intent, "next_action") if status is PayableStatus.PROCESSING else None
    amount = whole(intent, "amount")
    received = whole(intent, "amount_received") if status is PayableStatus.SUCCEEDED else None
    return Outcome(
        status=status,
        intent_status=intent_status,
        intent_id=needed_text(intent, "id"),
        intent_created_at=time(intent, "created"),
        payment_method_id=_method_of(intent),
        amount_cents=amount if received is None else received,
        currency=currency_of(intent),
        remaining_amount_cents=_remaining(next_action),
        failure=failure,
        next_action=next_action,
        card=fingerprint(part(part(intent, "last_payment_error"), "payment_method")) if failure else None,
        charged=charged_method(part(intent, "payment_method"))
        or charged_method(part(part(intent, "last_payment_error"), "payment_method")),
    )


def fingerprint(method: Mapping[str, Any]) -> str | None:
    """The same for a card under whatever id: https://docs.stripe.com/api/payment_methods/object"""
    return text(part(method, text(method, "type") or ""), "fingerprint")


def charged_method(method: Mapping[str, Any]) -> ChargedMethod | None:
    """What is shown of a payment method; None if there is no more than its id.

    Source: https://docs.stripe.com/api/payment_methods/object
    """
    kind = text(method, "type")
    if kind is None:
        return None
    details = part(method, kind)
    return ChargedMethod(
        type=kind,
        brand=text(details, "brand"),
        last4=text(details, "last4"),
        exp_month=whole(details, "exp_month"),
        exp_year=whole(details, "exp_year"),
    )


def currency_of(thing: Mapping[str, Any]) -> str | None:
    """Stripe writes it in small letters."""
    currency = text(thing, "currency")
    return currency.upper() if currency else None


def _remaining(next_action: Mapping[str, Any] | None) -> int | None:
    """What the customer still has to transfer, in minor units."""
    return whole(part(next_action or {}, "display_bank_transfer_instructions"), "amount_remaining")


def _method_of(intent: Mapping[str, Any]) -> str | None:
    """The payment method that is, or was, charged: an intent that failed has it in its last error only."""
    return reference(intent, "payment_method") or reference(part(intent, "last_payment_error"), "payment_method")


def outcome_from_error(error: Mapping[str, Any], *, http_status: int | None, request_id: str | None) -> Outcome:
    """What the refusal of a payment says. One that carries an intent which succeeded after all is a success."""
    intent = part(error, "payment_intent")
    if intent.get("status") == "succeeded":
        return outcome_from_intent(intent)
    return Outcome(
        status=PayableStatus.FAILED,
        intent_status=text(intent, "status") or "failed",
        intent_id=reference(error, "payment_intent"),
        payment_method_id=reference(error, "payment_method"),
        failure=failure_from_error(error, http_status=http_status, request_id=request_id),
        is_method_gone=_is_method_gone(error),
        is_customer_gone=(text(error, "code"), text(error, "param")) == ("resource_missing", "customer"),
        card=fingerprint(part(error, "payment_method")),
        charged=charged_method(part(error, "payment_method")),
    )


def _is_method_gone(error: Mapping[str, Any]) -> bool:
    """One that was deleted, or is another customer's, is missing; of one that was detached only Stripe's words say so:
    https://docs.stripe.com/api/payment_methods/detach
    """
    is_missing = (text(error, "code"), text(error, "param")) == ("resource_missing", "payment_method")
    return is_missing or "was detached from a Customer" in (text(error, "message") or "")


def failure_from_error(
    error: Mapping[str, Any], *, http_status: int | None = None, request_id: str | None = None
) -> Failure:
    """Stripe's codes as they came. Source: https://docs.stripe.com/api/errors"""
    return Failure(
        code=text(error, "code") or text(error, "type") or "payment_failed",
        message=without_email(text(error, "message") or "The payment failed."),
        decline_code=text(error, "decline_code"),
        advice_code=text(error, "advice_code"),
        network_decline_code=text(error, "network_decline_code"),
        network_advice_code=text(error, "network_advice_code"),
        payment_method_type=text(part(error, "payment_method"), "type"),
        http_status=http_status,
        request_id=request_id,
    )


def without_email(message: str) -> str:
    """Stripe repeats a wrong e-mail in its message; we don't."""
    return _EMAIL.sub("[e-mail]", message)
