"""Test cards and their tokens: https://docs.stripe.com/testing."""

from dataclasses import dataclass
from enum import Enum, auto

from .declines import DECLINES, Decline


class Authentication(Enum):
    """When a card asks for 3-D Secure."""

    NEVER = auto()
    ON_SESSION = auto()
    """Only while the customer is there; off session it counts as set up."""
    UNLESS_SET_UP = auto()
    """Always on session; off session unless it was set up for that."""
    ALWAYS = auto()


@dataclass(frozen=True, slots=True)
class Card:
    """A card number with the `pm_card_…` tokens that stand for it."""

    number: str
    tokens: tuple[str, ...] = ()
    brand: str = "visa"
    funding: str = "credit"
    country: str = "US"
    decline: Decline | None = None
    attachable: bool = True
    """False: it is declined already when it is saved."""
    authentication: Authentication = Authentication.NEVER
    dispute_reason: str | None = None
    refund_status: str = "succeeded"


def _declining(number: str, reason: str, *tokens: str, attachable: bool = False) -> Card:
    return Card(number, tokens, decline=DECLINES[reason], attachable=attachable)


def _three_d_secure(number: str, when: Authentication, *tokens: str, decline: str | None = None) -> Card:
    return Card(number, tokens, authentication=when, decline=DECLINES[decline] if decline else None)


CARDS: tuple[Card, ...] = (
    Card("4242424242424242", ("pm_card_visa", "pm_card_us")),
    Card("4000056655665556", ("pm_card_visa_debit",), funding="debit"),
    Card("5555555555554444", ("pm_card_mastercard",), "mastercard"),
    Card("5200828282828210", ("pm_card_mastercard_debit",), "mastercard", "debit"),
    Card("5105105105105100", ("pm_card_mastercard_prepaid",), "mastercard", "prepaid"),
    Card("378282246310005", ("pm_card_amex",), "amex"),
    Card("6011111111111117", ("pm_card_discover",), "discover"),
    Card("3056930009020004", ("pm_card_diners",), "diners"),
    Card("3566002020360505", ("pm_card_jcb",), "jcb", country="JP"),
    Card("6200000000000005", ("pm_card_unionpay",), "unionpay", country="CN"),
    Card("4000002760000016", ("pm_card_de",), country="DE"),
    Card("4000002500000003", ("pm_card_fr",), country="FR"),
    Card("4000008260000000", ("pm_card_gb",), country="GB"),
    Card("4000000000000077", ("pm_card_bypassPending",)),
    Card("4000000000000101", ("pm_card_cvcCheckFail",)),
    Card("4000000000009235", ("pm_card_riskLevelElevated",)),
    _declining("4000000000000002", "generic_decline", "pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"),
    _declining(
        "4000000000009995",
        "insufficient_funds",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "pm_card_chargeDeclinedInsufficientFunds",
    ),
    _declining("4000000000009987", "lost_card", "pm_card_visa_chargeDeclinedLostCard"),
    _declining("4000000000009979", "stolen_card", "pm_card_visa_chargeDeclinedStolenCard"),
    _declining("4000000000000069", "expired_card", "pm_card_chargeDeclinedExpiredCard"),
    _declining("4000000000000127", "incorrect_cvc", "pm_card_chargeDeclinedIncorrectCvc"),
    _declining("4000000000000119", "processing_error", "pm_card_chargeDeclinedProcessingError"),
    _declining("4242424242424241", "incorrect_number"),
    _declining("4000000000006975", "card_velocity_exceeded", "pm_card_visa_chargeDeclinedVelocityLimitExceeded"),
    _declining("4000000000000341", "generic_decline", "pm_card_chargeCustomerFail", attachable=True),
    _declining(
        "4100000000000019", "fraudulent", "pm_card_radarBlock", "pm_card_chargeDeclinedFraudulent", attachable=True
    ),
    _declining("4000000000004954", "fraudulent", "pm_card_riskLevelHighest", attachable=True),
    _three_d_secure("4000002500003155", Authentication.UNLESS_SET_UP, "pm_card_authenticationRequiredOnSetup"),
    _three_d_secure("4000002760003184", Authentication.ALWAYS, "pm_card_authenticationRequired"),
    _three_d_secure("4000003800000446", Authentication.ON_SESSION, "pm_card_authenticationRequiredSetupForOffSession"),
    _three_d_secure(
        "4000008260003178",
        Authentication.UNLESS_SET_UP,
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        decline="insufficient_funds",
    ),
    _three_d_secure("4000000000003220", Authentication.ALWAYS, "pm_card_threeDSecure2Required"),
    _three_d_secure("4000000000003063", Authentication.ALWAYS, "pm_card_threeDSecureRequired"),
    _three_d_secure(
        "4000008400001629",
        Authentication.ALWAYS,
        "pm_card_threeDSecureRequiredChargeDeclined",
        decline="generic_decline",
    ),
    Card("4000000000003055", ("pm_card_threeDSecureOptional",)),
    Card("4000000000000259", ("pm_card_createDispute",), dispute_reason="fraudulent"),
    Card("4000000000002685", ("pm_card_createDisputeProductNotReceived",), dispute_reason="product_not_received"),
    Card("4000000000007726", ("pm_card_pendingRefund", "pm_card_refundSuccess"), refund_status="pending"),
    Card("4000000000005126", ("pm_card_refundFail",), refund_status="failed"),
)

CARD_BY_NUMBER = {card.number: card for card in CARDS}
