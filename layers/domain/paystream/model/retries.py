"""Whether another attempt follows a failed one automatically, and when."""

from dataclasses import replace
from datetime import datetime, timedelta

from paystream.model.declines import NOT_BEFORE_DAYS, Retry, is_cured_by_update, when_to_retry
from paystream.model.invoice import MOST_DECLINES_KEPT, Invoice
from paystream.model.last_failure import LastFailure
from paystream.model.outcome import Failure
from paystream.model.payment import Payment
from paystream.model.payment_method_types import most_retries

DEFAULT_SCHEDULE_DAYS = (1, 3, 5, 7)
"""Days after the attempt before. An empty schedule: nothing is retried automatically."""

MOST_RETRIES = 8
"""Of a schedule. Source: "Declined card retries" of https://docs.stripe.com/declines/card"""

LONGEST_PAUSE_DAYS = 60


def with_decline(invoice: Invoice, payment: Payment) -> Invoice:
    """The invoice that remembers which method was charged without success; none was on a page that nobody paid on."""
    is_charged = payment.failure is None or payment.failure.is_of_a_charge
    if not is_charged or (payment.link is not None and payment.payment_method_id is None):
        return invoice
    declined = (*invoice.declined_payment_method_ids, _method(payment))
    is_outdated = is_cured_by_update(payment.failure)
    return replace(
        invoice,
        declined_payment_method_ids=declined[-MOST_DECLINES_KEPT:],
        outdated_payment_method_id=payment.payment_method_id if is_outdated else None,
        outdated_since=payment.updated_at if is_outdated else None,
    )


def with_failure(invoice: Invoice, payment: Payment, schedule_days: tuple[int, ...]) -> Invoice:
    """The invoice that remembers why the attempt has failed. Of what was not paid on a page the plan stays as it was,
    and with it the number of tries.
    """
    failure = payment.failure or Failure(code=payment.status, message="")
    if payment.link is None:
        tries, most = invoice.declined_payment_method_ids.count(_method(payment)), _most_tries(failure, schedule_days)
    else:
        before = invoice.last_failure
        tries, most = (before.tries, before.most_tries) if before else (0, 0)
    return replace(
        invoice,
        last_failure=LastFailure.of(failure, payment.ended_at or payment.updated_at, tries=tries, most_tries=most),
    )


def next_retry_at(invoice: Invoice, payment: Payment, schedule_days: tuple[int, ...], now: datetime) -> datetime | None:
    """When the invoice, whose latest attempt has failed, is tried again automatically; None if it is not.

    The schedule is gone through once with each payment method. What was not paid on a page leaves the plan as it
    was.
    """
    if payment.link is not None:
        return max(invoice.next_retry_at, now) if invoice.next_retry_at else None
    tries, failure = invoice.declined_payment_method_ids.count(_method(payment)), payment.failure
    if failure is None or when_to_retry(failure) is not Retry.LATER:
        return None
    if tries >= _most_tries(failure, schedule_days):
        return None
    days = max(schedule_days[tries - 1], NOT_BEFORE_DAYS.get(failure.network_advice_code or "", 0))
    return now + timedelta(days=days)


def _most_tries(failure: Failure, schedule_days: tuple[int, ...]) -> int:
    """How often one method is charged in all."""
    return 1 + min(len(schedule_days), most_retries(failure.payment_method_type))


def _method(payment: Payment) -> str:
    """Empty where it is not known what was charged."""
    return payment.pays_with or ""
