"""A failure in plain words: one sentence for the operator, and one that the customer may be shown."""

from dataclasses import dataclass
from enum import StrEnum

from paystream.model.declines import REASONS, when_to_retry
from paystream.model.faults import FAULTS, Whose, whose_fault
from paystream.model.outcome import Failure
from paystream.model.texts import to_customers
from paystream.model.texts.of_accounts import ACCOUNTS
from paystream.model.texts.of_declines import ADVICE, DECLINES, Texts
from paystream.model.texts.of_errors import ERRORS


class FailureClass(StrEnum):
    """When the same payment method may be charged again, or that the operator has to act first."""

    LATER = "later"
    AFTER_CUSTOMER_ACTS = "after_customer_acts"
    NEVER = "never"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`customer` names no theft, no loss and no suspicion. `source` is where the code is described; None where the code
    is Paystream's own.
    """

    operator: str
    customer: str
    source: str | None


_SOURCES = {
    **{(fault.field, fault.code): fault.source for fault in FAULTS},
    **{(reason.field, reason.code): reason.source for reason in REASONS},
}
_RETRIES = {(reason.field, reason.code): reason.retry for reason in REASONS}
_OF_STRIPES_ERRORS = "https://docs.stripe.com/error-codes"
_OF_STRIPES_DECLINES = "https://docs.stripe.com/declines/codes"
OURS = frozenset(
    {
        "customer_must_have_payment_method",
        "customer_must_have_payment_provider",
        "customer_refused",
        "fallback_payment_consent_withdrawn",
        "invoice_is_self_billed",
        "missing_country",
        "payment_link_expired",
        "payment_method_not_found",
        "payment_provider_not_connected",
    }
)
"""The codes that are not Stripe's."""

_ADVICE_FIELDS = ("advice_code", "network_decline_code", "network_advice_code")


def class_of(failure: Failure) -> FailureClass:
    """What the failure's codes come to."""
    if whose_fault(failure) is Whose.OPERATOR:
        return FailureClass.OPERATOR
    return FailureClass(when_to_retry(failure).value)


def explain(failure: Failure) -> Explanation:
    """What the reason means. Where the reason leaves it open whether the method may be charged again, what the bank or
    the card network says of that is added.
    """
    operator, customer = _texts(failure)
    said = _decisive_advice(failure)
    if said:
        operator, customer = f"{operator} {said[0]}", said[1]
    return Explanation(operator=operator, customer=customer, source=_source(failure))


def _texts(failure: Failure) -> Texts:
    if failure.decline_code:
        unknown = f"The bank declined the payment ({failure.decline_code})."
        return DECLINES.get(failure.decline_code, (unknown, to_customers.OTHER_METHOD))
    known = ERRORS.get(failure.code) or ACCOUNTS.get(failure.code)
    return known or (f"Stripe refused the payment ({failure.code}).", to_customers.OTHER_METHOD)


def _decisive_advice(failure: Failure) -> Texts | None:
    """What forbids another try, or allows it, where the reason says something else or is not known."""
    decided = when_to_retry(failure)
    if _RETRIES.get(_reason(failure)) is decided:
        return None
    said = ((field, getattr(failure, field) or "") for field in _ADVICE_FIELDS)
    return next((ADVICE[one] for one in said if _RETRIES.get(one) is decided), None)


def _reason(failure: Failure) -> tuple[str, str]:
    return ("decline_code", failure.decline_code) if failure.decline_code else ("code", failure.code)


def _source(failure: Failure) -> str | None:
    if failure.decline_code is None and failure.code in OURS:
        return None
    return _SOURCES.get(_reason(failure), _OF_STRIPES_DECLINES if failure.decline_code else _OF_STRIPES_ERRORS)
