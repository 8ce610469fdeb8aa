"""What an outcome says of the card that was charged, kept with its customer."""

from dataclasses import replace
from datetime import datetime

from paystream.model.card_declines import with_decline_of
from paystream.model.customer import Customer
from paystream.model.declines import is_hard
from paystream.model.invoice import Invoice
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.settlement import is_news


def with_cards(customer: Customer, invoice: Invoice, payment: Payment, outcome: Outcome, now: datetime) -> Customer:
    """The customer after a charge of a method; the same if that says nothing new. Of a success only that counts which
    another method has made necessary: a first attempt that is paid writes nothing more.
    """
    charged = outcome.payment_method_id or payment.payment_method_id
    if charged is None or payment.link is not None or payment.bank_transfer or not is_news(payment, outcome):
        return customer
    if outcome.status is PayableStatus.SUCCEEDED:
        return _with_success(customer, invoice, charged)
    is_failure = outcome.status is PayableStatus.FAILED and payment.payment_status is not PayableStatus.FAILED
    if outcome.failure is None or not is_failure:
        return customer
    hard = is_hard(outcome.failure)
    known = with_decline_of(customer.card_declines, charged, outcome.card, is_hard=hard, now=now)
    return replace(customer, card_declines=known)


def _with_success(customer: Customer, invoice: Invoice, charged: str) -> Customer:
    is_known = charged in (customer.payment_method_id, customer.last_paid_payment_method_id)
    if is_known or not invoice.declined_payment_method_ids:
        return customer
    return replace(customer, last_paid_payment_method_id=charged)
