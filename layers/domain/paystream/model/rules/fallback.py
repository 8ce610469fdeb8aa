"""Which of a customer's methods takes the place of one that was declined for good."""

from collections.abc import Sequence
from datetime import datetime

from paystream.model.card_declines import CardDeclines, may_be_tried
from paystream.model.case import Case
from paystream.model.customer import Customer
from paystream.model.declines import is_hard
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.outcome import Failure
from paystream.model.payment import MethodOrigin, Payment
from paystream.model.payment_method import SavedMethod


def is_agreed(customer: Customer | None, integration: Integration | None) -> bool:
    """Whether another method than the default may be charged: the customer's consent and the account's setting say
    so.
    """
    is_allowed = integration is not None and integration.fallback_payment_methods
    return is_allowed and customer is not None and customer.fallback_consent is not None


def takes_anothers_place(case: Case, payment_method_id: str | None) -> bool:
    """Whether a method that is to be charged is neither chosen nor the default, and never was: it takes the place of
    another one, also where it is tried again.
    """
    is_chosen = case.invoice.chosen_payment_method_id is not None
    is_default = case.customer is not None and case.customer.payment_method_id == payment_method_id
    if payment_method_id is None or is_chosen or is_default:
        return False
    charged = [one for one in case.attempts if one.payment_method_id == payment_method_id]
    return not charged or charged[-1].method_origin is MethodOrigin.FALLBACK


def may_fall_back(
    invoice: Invoice, payment: Payment, failure: Failure | None, customer: Customer, integration: Integration | None
) -> bool:
    """Whether another method may be charged: the account's setting and the customer's consent say so, the charge was
    declined for good, and nothing says which method is to be charged.
    """
    is_possible = is_agreed(customer, integration) and not customer.pays_by_bank_transfer
    is_free = invoice.own_payment_method_id is None and not invoice.skip_psp and payment.link is None
    is_latest = payment.attempt >= invoice.attempt and invoice.is_open
    return is_possible and is_free and is_latest and is_hard(failure)


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
    cards = _cards_of(tried, methods, declines)
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


def _cards_of(tried: set[str], methods: Sequence[SavedMethod], declines: Sequence[CardDeclines]) -> set[str]:
    """The cards behind these ids: what is kept of declines ends, and names the id only that was charged last."""
    declined = {one.card for one in declines if one.payment_method_id in tried}
    return declined | {one.card for one in methods if one.id in tried and one.card}
