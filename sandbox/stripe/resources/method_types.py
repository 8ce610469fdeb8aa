"""Which types of payment method an intent takes: https://docs.stripe.com/payments/payment-methods/dynamic-payment-methods."""

from sandbox.stripe.context import Context
from sandbox.stripe.errors import invalid_request
from sandbox.stripe.wire import JsonObject

# Assumed (types-of-an-account): the types that a test account has without anything being switched on.
_BY_DEFAULT = ("card", "link", "sepa_debit", "us_bank_account")
_ON_REQUEST = ("bacs_debit", "boleto", "crypto", "customer_balance")
_ONLY_IN = {
    "sepa_debit": ("eur",),
    "us_bank_account": ("usd",),
    "bacs_debit": ("gbp",),
    "boleto": ("brl",),
    "crypto": ("usd",),
    "customer_balance": ("eur", "gbp", "jpy", "mxn", "usd"),
}
PAID_WITH_ONCE = ("crypto", "customer_balance")
"""What cannot be saved: https://docs.stripe.com/payments/payment-methods/payment-method-support"""
NOT_SAVED_ON_A_PAGE = (*PAID_WITH_ONCE, "boleto")
"""A boleto neither: "Setup mode: No" of https://docs.stripe.com/payments/boleto/accept-a-payment"""
_EXCLUSIVE = ("automatic_payment_methods", "excluded_payment_method_types", "payment_method_configuration")


def settle_types(
    context: Context, params: JsonObject, currency: str | None, *, without: tuple[str, ...] = ()
) -> tuple[list[str], JsonObject | None]:
    """The types, and `automatic_payment_methods` unless the request says which types are allowed.

    Types that don't fit, and those that are not switched on, are left out silently: https://docs.stripe.com/changelog/dahlia/2026-07-29/allowed-payment-method-types-parameter
    """
    # Assumed (types-that-do-not-fit): a type that the currency does not take is left out, and none left is refused.
    activated = context.account.activated
    allowed = params.get("allowed_payment_method_types")
    if allowed is not None:
        _refuse_together_with_allowed(params)
        return _at_least_one([kind for kind in _fitting(currency, without, activated) if kind in allowed]), None
    automatic = params.get("automatic_payment_methods") or {}
    if not automatic.get("enabled", True):
        return ["card"], None
    excluded = params.get("excluded_payment_method_types") or ()
    fitting = _fitting(currency, (*without, *_ON_REQUEST), activated)
    types = _at_least_one([kind for kind in fitting if kind not in excluded])
    return types, {"allow_redirects": automatic.get("allow_redirects", "always"), "enabled": True}


def _fitting(currency: str | None, without: tuple[str, ...], activated: frozenset[str] | None) -> list[str]:
    there = (*_BY_DEFAULT, *_ON_REQUEST)
    kinds = [kind for kind in there if kind not in without and (activated is None or kind in activated)]
    return [kind for kind in kinds if currency is None or currency in _ONLY_IN.get(kind, (currency,))]


def check_types(method: JsonObject, types: list[str], automatic: JsonObject | None) -> None:
    """Raises `ApiError` 400 unless the intent takes this type of method."""
    if method["type"] in types:
        return
    if automatic is not None:
        advice = "Please check your payment method settings in the Dashboard, or the currency of the payment."
    else:
        advice = f"Please attach a PaymentMethod of one of the following types: {', '.join(types)}."
    raise invalid_request(
        f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent. {advice}",
        code="payment_intent_incompatible_payment_method",
        param="payment_method",
    )


def check_return_url(params: JsonObject, automatic: JsonObject | None) -> None:
    """Raises `ApiError` 400 when the customer may be redirected with nowhere to return to. Off session nobody is."""
    may_redirect = automatic is not None and automatic["allow_redirects"] == "always"
    if may_redirect and not (params.get("return_url") or params.get("off_session") or params.get("use_stripe_sdk")):
        raise invalid_request(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of "
            "these payment methods might redirect your customer off of your page, you must provide a `return_url`. If "
            "you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to "
            "`true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and "
            "Payment Intents."
        )


def _refuse_together_with_allowed(params: JsonObject) -> None:
    for name in _EXCLUSIVE:
        if name in params:
            message = f"You may only specify one of these parameters: allowed_payment_method_types, {name}."
            raise invalid_request(message, param="allowed_payment_method_types")


def _at_least_one(types: list[str]) -> list[str]:
    if not types:
        raise invalid_request(
            "No valid payment method types for this Payment Intent. Please ensure that you have activated payment "
            "methods compatible with your chosen currency in your dashboard.",
            code="payment_intent_invalid_parameter",
        )
    return types
