"""A method that was declined for good for one invoice is not charged for the next ones, as long as it stays as it is.

The card networks count that as a retry that they forbid, and no issuer ever approves it.
"""

from dataclasses import replace
from datetime import datetime

from paystream.model.card_declines import CardDeclines, ended
from paystream.model.customer import Customer
from paystream.model.declines import is_cured_by_update, is_forbidden_by_network, is_hard
from paystream.model.identifiers import saved_method_id
from paystream.model.invoice import Invoice
from paystream.model.outcome import Failure, Outcome, PayableStatus
from paystream.model.payment import Payment

_ENDED = frozenset(
    {
        "authorization_revoked",
        "debit_not_authorized",
        "do_not_try_again",
        "invalid_account",
        "invalid_authorization",
        "invalid_billing_agreement",
        "invalid_customer_account",
        "lost_card",
        "lost_or_stolen_card",
        "pickup_card",
        "recipient_deceased",
        "restricted_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
        "stop_payment_order",
        "transaction_not_allowed",
    }
)
"""The card or the account is gone, or must not be charged by us any more: no other invoice changes that. Not what was
wrong with one charge: its amount, its currency, what Stripe thought of its risk.
"""

DECLINED_BEFORE = "payment_method_declined_before"
"""The code of a refusal of ours: nothing was sent to Stripe."""


def ends_the_method(failure: Failure | None) -> bool:
    """Whether no invoice can be charged to the method any more as it is on file, be it gone or out of date.

    Source: https://developers.tabapay.com/docs/excessive-retry-rules, "Category 1", and `declines.REASONS`
    """
    if failure is None or not is_hard(failure):
        return False
    is_ended = (failure.decline_code or failure.code) in _ENDED
    return is_ended or is_cured_by_update(failure) or is_forbidden_by_network(failure)


def declined_before(invoice: Invoice, attempt: Payment, customer: Customer, now: datetime) -> CardDeclines | None:
    """What was declined of the method that an attempt would charge automatically, if that has ended it.

    What a request asks for is sent: a person may know better.
    """
    method = attempt.payment_method_id
    if method is None or invoice.skip_psp or not (attempt.by_schedule or _is_first(invoice, attempt, customer)):
        return None
    return ended(customer.card_declines, method, now)


def _is_first(invoice: Invoice, attempt: Payment, customer: Customer) -> bool:
    """Whether it is the first attempt, with what the invoice says itself, or with the default."""
    method, own = str(attempt.payment_method_id), invoice.own_payment_method_id
    is_own = own == saved_method_id(attempt.organization_id, method)
    return attempt.attempt == 1 and (is_own or method == customer.payment_method_id)


def refused_as_declined(declined: CardDeclines) -> Outcome:
    """The outcome of an attempt that is not sent. It has the codes of the decline, so that the same follows from it."""
    codes = declined.ended_by or Failure(code=DECLINED_BEFORE, message="")
    reason, at = codes.decline_code or codes.code, declined.declined_at[-1]
    failure = replace(
        codes,
        code=DECLINED_BEFORE,
        decline_code=reason,
        message=f"The payment method was declined for good ({reason}) at {at.isoformat(timespec='seconds')}.",
    )
    return Outcome(status=PayableStatus.FAILED, intent_status="failed", failure=failure)
