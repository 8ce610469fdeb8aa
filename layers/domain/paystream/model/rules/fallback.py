"""Which of a customer's methods takes the place of one that was declined for good."""

from collections.abc import Sequence
from datetime import datetime

from paystream.model.card_declines import CardDeclines, may_be_tried
from paystream.model.customer import Customer
from paystream.model.declines import is_hard
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.outcome import Failure
from paystream.model.payment import Payment
from paystream.model.payment_method import SavedMethod


def may_fall_back(
    invoice: Invoice, payment: Payment, failure: Failure | None, customer: Customer, integration: Integration | None
) -> bool:
    """Whether another method may be charged: the account's setting and the customer's consent say so, the charge was
    declined for good, and nothing says which method is to be charged.
    """
    is_allowed = integration is not None and integration.fallback_payment_methods
    is_agreed = customer.fallback_consent is not None and not customer.pays_by_bank_transfer
    is_free = invoice.own_payment_method_id is None and not invoice.skip_psp and payment.link is None
    is_latest = payment.attempt >= invoice.attempt and invoice.is_open
    return is_allowed and is_agreed and is_free and is_latest and is_hard(failure)


def next_method(
    invoice: Invoice,
    customer: Customer,
    methods: Sequence[SavedMethod],
    declines: Sequence[CardDeclines],
    now: datetime,
) -> SavedMethod | None:
    """The default goes first, then what has paid last, then the others, the newest first. None that was charged for
    this invoice without success, under whatever id, nor one that the card networks' limits forbid. `declines` are those
    of the customer's cards, that of now included.
    """
    tried = {*invoice.declined_payment_method_ids}
    cards = {one.card for one in declines if one.payment_method_id in tried}
    usable = [
        one
        for one in methods
        if one.type in customer.charged_types
        and one.id not in tried
        and one.card not in cards
        and may_be_tried(declines, one.id, one.card, now)
    ]
    order = (customer.payment_method_id, customer.last_paid_payment_method_id)
    return min(usable, key=lambda one: order.index(one.id) if one.id in order else len(order), default=None)
