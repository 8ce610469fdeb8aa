"""What may be done to a payment intent when: https://docs.stripe.com/payments/paymentintents/lifecycle."""

from sandbox.stripe.errors import ApiError, invalid_request
from sandbox.stripe.wire import JsonObject

from .method_types import check_return_url

_CONFIRM_ONLY = ("error_on_requires_action", "mandate", "off_session", "return_url", "use_stripe_sdk")
CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


def refuse_confirm_only(params: JsonObject) -> None:
    for name in _CONFIRM_ONLY:
        if params.get(name):
            message = f"The parameter `{name}` can only be passed together with `confirm=true`."
            raise invalid_request(message, param=name)


def check_confirmable(params: JsonObject, automatic: JsonObject | None, method: JsonObject | None) -> None:
    """https://docs.stripe.com/changelog/2023-08-16/automatic-payment-methods"""
    if method is None and params.get("confirm"):
        raise method_missing()
    check_return_url(params, automatic)
    # Assumed (error-on-requires-action): a list of allowed types counts as an explicit list of types, with which
    # Stripe takes `error_on_requires_action`.
    if params.get("error_on_requires_action") and automatic is not None and automatic["allow_redirects"] == "always":
        raise invalid_request(
            "You cannot use `error_on_requires_action` with payment methods from your Dashboard that may redirect.",
            param="error_on_requires_action",
        )


def method_missing() -> ApiError:
    return invalid_request(
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
        "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment "
        "method or ConfirmationToken.",
        code="payment_intent_unexpected_state",
    )


def unexpected_state(intent: JsonObject, message: str) -> ApiError:
    return invalid_request(message, code="payment_intent_unexpected_state", payment_intent=intent)


def not_confirmable(intent: JsonObject) -> str:
    if intent["status"] == "succeeded":
        return (
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
        )
    return (
        f"This PaymentIntent could not be confirmed because it has a status of {intent['status']}. Only a "
        f"PaymentIntent with one of the following statuses may be confirmed: {', '.join(CONFIRMABLE)}."
    )
