"""Declines: https://docs.stripe.com/declines/codes."""

from dataclasses import dataclass

from .errors import ApiError
from .wire import JsonObject


@dataclass(frozen=True, slots=True)
class Decline:
    """How an issuer declines."""

    code: str
    message: str
    decline_code: str | None = None
    advice_code: str | None = None
    network_decline_code: str | None = None
    blocked: bool = False
    """By Radar: the issuer is never asked."""


# Assumed (advice-of-test-cards): which advice and network codes the test cards come with.
def _declined(decline_code: str, advice: str = "try_again_later", network: str = "01") -> Decline:
    return Decline("card_declined", "Your card was declined.", decline_code, advice, network)


DECLINES: dict[str, Decline] = {
    "generic_decline": _declined("generic_decline"),
    "insufficient_funds": Decline(
        "card_declined", "Your card has insufficient funds.", "insufficient_funds", "try_again_later", "51"
    ),
    "lost_card": _declined("lost_card", "do_not_try_again", "41"),
    "stolen_card": _declined("stolen_card", "do_not_try_again", "43"),
    "card_velocity_exceeded": Decline(
        "card_declined",
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
        "card_velocity_exceeded",
        "try_again_later",
        "65",
    ),
    "duplicate_transaction": _declined("duplicate_transaction", "try_again_later", "94"),
    "do_not_honor": _declined("do_not_honor", "try_again_later", "05"),
    "fraudulent": Decline("card_declined", "Your card was declined.", "fraudulent", "do_not_try_again", blocked=True),
    "expired_card": Decline("expired_card", "Your card has expired.", "expired_card", "confirm_card_data", "54"),
    "incorrect_cvc": Decline(
        "incorrect_cvc", "Your card's security code is incorrect.", "incorrect_cvc", "confirm_card_data", "N7"
    ),
    "incorrect_number": Decline(
        "incorrect_number", "Your card number is incorrect.", "incorrect_number", "confirm_card_data", "14"
    ),
    "processing_error": Decline(
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
        "processing_error",
        "try_again_later",
        "96",
    ),
    "authentication_required": Decline(
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
        "authentication_required",
        network_decline_code="1A",
    ),
}

_PARAMS = {"expired_card": "exp_month", "incorrect_cvc": "cvc", "incorrect_number": "number"}


def card_error(decline: Decline, *, charge: str | None = None, payment_method: JsonObject | None) -> ApiError:
    """402, with what Stripe says about the decline."""
    is_own_code = decline.decline_code == decline.code and decline.code != "authentication_required"
    return ApiError(
        402,
        decline.message,
        kind="card_error",
        code=decline.code,
        param=_PARAMS.get(decline.code),
        advice_code=decline.advice_code,
        charge=charge,
        decline_code=None if is_own_code else decline.decline_code,
        network_decline_code=decline.network_decline_code,
        payment_method=payment_method,
    )
