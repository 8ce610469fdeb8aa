"""What an outcome says of the card that was charged, kept with its customer."""

from dataclasses import replace
from datetime import datetime

from paystream.model.card_declines import with_decline_of, without_hard
from paystream.model.customer import Customer
from paystream.model.declined_before import DECLINED_BEFORE, ends_the_method
from paystream.model.declines import is_hard
from paystream.model.invoice import Invoice
from paystream.model.outcome import Failure, Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.settlement import is_news


def with_cards(customer: Customer, invoice: Invoice, payment: Payment, outcome: Outcome, now: datetime) -> Customer:
    """The customer after a charge of a method; the same if that says nothing new. Of a success only that counts which
    another method has made necessary, or that nobody expected of this one: a first attempt that is paid writes nothing
    more.
    """
    charged = outcome.payment_method_id or payment.payment_method_id
    if charged is None or payment.link is not None or payment.bank_transfer or not is_news(payment, outcome):
        return customer
    if outcome.status is PayableStatus.SUCCEEDED:
        return _with_success(customer, invoice, charged)
    if outcome.failure is None or not _is_decline(payment, outcome):
        return customer
    return _with_decline(customer, charged, outcome.card, outcome.failure, now)


def _with_decline(customer: Customer, charged: str, card: str | None, failure: Failure, now: datetime) -> Customer:
    known = with_decline_of(
        customer.card_declines,
        charged,
        card,
        is_hard=is_hard(failure),
        ended_by=_codes(failure) if ends_the_method(failure) else None,
        now=now,
    )
    return replace(customer, card_declines=known)


def _codes(failure: Failure) -> Failure:
    """Without what is of one request only."""
    return replace(failure, message="", http_status=None, request_id=None)


def _is_decline(payment: Payment, outcome: Outcome) -> bool:
    is_failure = outcome.status is PayableStatus.FAILED and payment.payment_status is not PayableStatus.FAILED
    is_sent = outcome.failure is not None and outcome.failure.code != DECLINED_BEFORE
    return is_failure and is_sent and outcome.failure is not None and outcome.failure.is_of_a_charge


def _with_success(customer: Customer, invoice: Invoice, charged: str) -> Customer:
    again = without_hard(customer.card_declines, charged)
    customer = customer if again == customer.card_declines else replace(customer, card_declines=again)
    is_known = charged in (customer.payment_method_id, customer.last_paid_payment_method_id)
    if is_known or not invoice.declined_payment_method_ids:
        return customer
    return replace(customer, last_paid_payment_method_id=charged)
