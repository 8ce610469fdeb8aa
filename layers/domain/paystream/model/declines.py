"""Stripe's reasons for a failure, and what each says about trying again with the same payment method.

Stripe says of each code what the customer should do; that an insufficient balance passes and a stolen card does not is
our reading of it. A code that is in no table is treated with caution: nothing follows automatically.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from paystream.model.outcome import Failure


class Retry(StrEnum):
    """When a payment method may be charged again that was charged without success."""

    LATER = "later"
    AFTER_CUSTOMER_ACTS = "after_customer_acts"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, in the field of Stripe's error that has it, and where it is described."""

    field: str
    code: str
    retry: Retry
    source: str


_CARDS = "https://docs.stripe.com/declines/codes"
_ADVICE = "https://docs.stripe.com/declines/card"
_ERRORS = "https://docs.stripe.com/error-codes"
_NETWORK = "https://docs.stripe.com/declines/network-codes"
_DEBITS = "https://docs.stripe.com/payments/payment-methods/bacs-debit"
_VISA = "https://www.checkout.com/docs/developer-resources/codes/visa-response-codes"
_MASTERCARD = "https://developer.paypal.com/braintree/docs/reference/general/merchant-responses/merchant-advice-codes"


def _reasons(field: str, source: str, retry: Retry, codes: str) -> Iterator[Reason]:
    return (Reason(field, code, retry, source) for code in codes.split())


REASONS: tuple[Reason, ...] = (
    *_reasons(
        "decline_code",
        _CARDS,
        Retry.LATER,
        """
        approve_with_id call_issuer card_velocity_exceeded do_not_honor duplicate_transaction generic_decline
        insufficient_funds
        invalid_business_account issuer_not_available no_action_taken partner_generic_decline partner_payment_not_found
        processing_error reenter_transaction try_again_later withdrawal_count_limit_exceeded
        """,
    ),
    *_reasons(
        "decline_code",
        _CARDS,
        Retry.AFTER_CUSTOMER_ACTS,
        """
        authentication_not_handled authentication_required card_already_activated card_not_supported
        currency_not_supported expired_card expired_payment_information incorrect_address incorrect_cvc incorrect_number
        incorrect_pin incorrect_zip invalid_account invalid_amount invalid_customer_account invalid_cvc
        invalid_expiry_month invalid_expiry_year invalid_number invalid_payment_information invalid_pin
        invalid_track_data mobile_device_authentication_required new_account_information_available not_permitted
        offline_pin_required online_or_offline_pin_required partner_action_not_supported payment_limit_exceeded
        pin_try_exceeded recurring_not_supported_by_bank service_not_allowed
        """,
    ),
    *_reasons(
        "decline_code",
        _CARDS,
        Retry.NEVER,
        """
        compliance_violation do_not_try_again fraudulent invalid_authorization
        invalid_billing_agreement lost_card lost_or_stolen_card merchant_blacklist partner_high_risk_customer
        payment_disputed pickup_card restricted_card revocation_of_all_authorizations
        revocation_of_authorization security_violation stolen_card stop_payment_order testmode_decline
        transaction_not_allowed
        """,
    ),
    *_reasons(
        "code",
        _ERRORS,
        Retry.LATER,
        """
        card_decline_rate_limit_exceeded charge_exceeds_source_limit insufficient_funds payment_method_not_available
        payment_method_provider_timeout processing_error
        """,
    ),
    *_reasons("code", _DEBITS, Retry.LATER, "generic_could_not_process"),
    *_reasons(
        "code",
        _ERRORS,
        Retry.AFTER_CUSTOMER_ACTS,
        "payment_intent_action_required payment_intent_payment_attempt_expired",
    ),
    *_reasons(
        "code",
        _ERRORS,
        Retry.NEVER,
        "amount_too_large amount_too_small charge_exceeds_transaction_limit debit_not_authorized",
    ),
    *_reasons("code", _NETWORK, Retry.NEVER, "authorization_revoked debit_disputed recipient_deceased"),
    *_reasons("advice_code", _ADVICE, Retry.LATER, "try_again_later"),
    *_reasons("advice_code", _ADVICE, Retry.AFTER_CUSTOMER_ACTS, "confirm_card_data"),
    *_reasons("advice_code", _ADVICE, Retry.NEVER, "do_not_try_again"),
    *_reasons("network_decline_code", _VISA, Retry.NEVER, "04 07 12 15 41 43 46 57 R0 R1 R3"),
    *_reasons("network_advice_code", _MASTERCARD, Retry.NEVER, "03 21"),
)
"""The codes that are known. Whatever is not here, `authentication_failure` or `account_closed` say, waits for the
customer.
"""

_RETRY = {(reason.field, reason.code): reason.retry for reason in REASONS}

_AUTHENTICATION = frozenset({"authentication_not_handled", "authentication_required", "payment_intent_action_required"})
"""The card is good, and its bank wants the customer to be there. The last is an error code: Stripe was asked to refuse
what needs the customer (https://docs.stripe.com/error-codes). Not `mobile_device_authentication_required` and the
PINs, which are asked for where a card is tapped, and not an authentication that the customer has failed. Source:
https://docs.stripe.com/declines/codes
"""

NOT_BEFORE_DAYS: Mapping[str, int] = {"26": 2, "27": 4, "28": 6, "29": 8, "30": 10}
"""What Mastercard's advice codes ask to wait, in days; others ask for a day or less. Source: as of the other two."""


_CURED_BY_UPDATE = frozenset(
    {
        "expired_card",
        "expired_payment_information",
        "incorrect_number",
        "invalid_expiry_month",
        "invalid_expiry_year",
        "invalid_number",
        "new_account_information_available",
    }
)
"""The data on file are out of date. Banks hand new ones to Stripe: https://docs.stripe.com/payments/cards/overview
"""


def is_cured_by_update(failure: Failure | None) -> bool:
    """Whether the same card can be charged once its number or its expiry on file is another."""
    return failure is not None and (failure.decline_code or failure.code) in _CURED_BY_UPDATE


_NOT_OF_THE_METHOD = frozenset(
    {"amount_too_large", "amount_too_small", "charge_exceeds_transaction_limit", "invalid_amount", "testmode_decline"}
)
"""No other method would change them."""


def is_hard(failure: Failure | None) -> bool:
    """Whether the same method must not be charged again as it is, and another one may do. Not where the customer has to
    authenticate, nor where Stripe has declined nothing.
    """
    if failure is None or when_to_retry(failure) is Retry.LATER or asks_for_authentication(failure):
        return False
    code = failure.decline_code or failure.code
    is_known = ("decline_code", code) in _RETRY or ("code", code) in _RETRY
    return code not in _NOT_OF_THE_METHOD and (failure.decline_code is not None or is_known)


def asks_for_authentication(failure: Failure | None) -> bool:
    """Whether the same card can be charged while the customer is there, who authenticates."""
    return failure is not None and (failure.decline_code or failure.code) in _AUTHENTICATION


def is_forbidden_by_network(failure: Failure) -> bool:
    """Whether the card network forbids another try, whatever the reason."""
    codes = ("network_decline_code", failure.network_decline_code), ("network_advice_code", failure.network_advice_code)
    return any(_RETRY.get((field, code or "")) is Retry.NEVER for field, code in codes)


def is_known_reason(failure: Failure) -> bool:
    """Whether the table has the reason, which counts before any advice."""
    return _field_and_code(failure) in _RETRY


def when_to_retry(failure: Failure | None) -> Retry:
    """What the failure's codes come to.

    The reason counts first. Where it passes, or is not known, the issuer and the card network may forbid or allow
    another try.
    """
    if failure is None:
        return Retry.AFTER_CUSTOMER_ACTS
    reason = _RETRY.get(_field_and_code(failure))
    if reason in (Retry.AFTER_CUSTOMER_ACTS, Retry.NEVER):
        return reason
    advice = [
        _RETRY.get(("advice_code", failure.advice_code or "")),
        _RETRY.get(("network_decline_code", failure.network_decline_code or "")),
        _RETRY.get(("network_advice_code", failure.network_advice_code or "")),
    ]
    said = [retry for retry in (reason, *advice) if retry]
    return max(said, key=list(Retry).index, default=Retry.AFTER_CUSTOMER_ACTS)


def _field_and_code(failure: Failure) -> tuple[str, str]:
    return ("decline_code", failure.decline_code) if failure.decline_code else ("code", failure.code)
