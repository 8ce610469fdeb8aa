"""What was received for an invoice. Money keeps its currency and its customer, whatever the invoice says by now."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from json import dumps
from typing import NamedTuple

from paystream.model.invoice import Invoice, Problem
from paystream.model.item_history import ItemHistory
from paystream.model.manual_payment import AnyPayment
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment

TERMS = ("currency", "external_customer_id")
"""What an invoice and a payment of it have in common, unless its item was replaced since."""

PAID_OTHERWISE = "does_not_match_payments"
"""Why an item is parked that says another currency, or another customer, than what was paid before."""


class OnRecord(NamedTuple):
    """All that is kept of an invoice beside its item."""

    payments: Collection[AnyPayment]
    history: ItemHistory | None

    def with_payment(self, payment: Payment) -> "OnRecord":
        """The same, with a payment that is new, or has changed."""
        others = (one for one in self.payments if one.lago_id != payment.lago_id)
        return self._replace(payments=(*others, payment))


def settles(invoice: Invoice, payment: AnyPayment) -> bool:
    """Whether a payment is in the currency of the invoice and of its customer: nothing else makes it paid."""
    return not _differing(invoice, payment)


def has_come(payment: AnyPayment) -> bool:
    """Whether it has brought money."""
    return not isinstance(payment, Payment) or payment.payment_status is PayableStatus.SUCCEEDED


def paid_otherwise(
    invoice: Invoice, payments: Iterable[AnyPayment], history: ItemHistory | None = None
) -> tuple[Problem, str] | None:
    """Why nothing can be decided about an invoice, and what of its item is not right, as JSON text: other money was
    received for it, or was said to be. Nobody but a person knows whether it is owed again.
    """
    terms = {name for payment in payments if has_come(payment) for name in _differing(invoice, payment)}
    terms |= {*_elsewhere_differing(invoice, history)}
    if not terms:
        return None
    details = {name: [PAID_OTHERWISE] for name in sorted(terms)}
    rejected = dumps({name: getattr(invoice, name) for name in sorted(terms)}, ensure_ascii=False)
    return Problem(code="invalid_item", details=details), rejected


def is_forgotten(invoice: Invoice, payments: Iterable[AnyPayment], history: ItemHistory | None) -> bool:
    """Whether the item does not know its last attempt, what was received, or that it was voided: it replaced the one
    that did, with something new or with a backup.
    """
    known = tuple(payments)
    last = max((one.attempt for one in known if isinstance(one, Payment)), default=invoice.attempt)
    on_record = as_on_record(invoice, known, history)
    is_voided = history is not None and history.voided_at is not None and invoice.voided_at is None
    return last > invoice.attempt or is_voided or on_record.total_paid_amount_cents > invoice.total_paid_amount_cents


def as_on_record(invoice: Invoice, payments: Iterable[AnyPayment], history: ItemHistory | None) -> Invoice:
    """The invoice with all that is on record of money, and nothing that its item says of it."""
    blank = replace(
        invoice,
        total_paid_amount_cents=0,
        total_refunded_amount_cents=0,
        refunding_payment_ids=(),
        payment_dispute_lost_at=None,
    )
    return with_paid_elsewhere(with_payments(blank, payments), history)


def with_sums(invoice: Invoice, on_record: OnRecord) -> Invoice:
    """The invoice with what all that is on record says of money that went back, and whether a bank took it back: its
    item may be a backup from before some of it.
    """
    known = as_on_record(invoice, on_record.payments, None)
    return replace(
        invoice,
        total_paid_amount_cents=max(invoice.total_paid_amount_cents, known.total_paid_amount_cents),
        total_refunded_amount_cents=known.total_refunded_amount_cents,
        refunding_payment_ids=known.refunding_payment_ids,
        payment_dispute_lost_at=known.payment_dispute_lost_at,
    )


def with_paid_elsewhere(invoice: Invoice, history: ItemHistory | None) -> Invoice:
    """The invoice of an item that was replaced, with what was said to be paid elsewhere before."""
    if history is None or history.paid_elsewhere_currency != invoice.currency:
        return invoice
    paid = invoice.total_paid_amount_cents + history.paid_elsewhere_cents
    return replace(invoice, total_paid_amount_cents=paid)


def with_payments(invoice: Invoice, payments: Iterable[AnyPayment]) -> Invoice:
    """The invoice, with what came by these payments, what of it went back or is to, and what a bank took back."""
    for payment in payments:
        is_paid = has_come(payment) and settles(invoice, payment)
        paid = payment.amount_cents if is_paid else 0
        invoice = replace(invoice, total_paid_amount_cents=invoice.total_paid_amount_cents + paid)
        if isinstance(payment, Payment):
            invoice = _with_money_back(invoice, payment)
    return invoice


def _elsewhere_differing(invoice: Invoice, history: ItemHistory | None) -> Iterator[str]:
    if history and history.paid_elsewhere_cents:
        if history.paid_elsewhere_currency != invoice.currency:
            yield "currency"
        if history.paid_elsewhere_customer not in (None, invoice.external_customer_id):
            yield "external_customer_id"


def _differing(invoice: Invoice, payment: AnyPayment) -> list[str]:
    return [name for name in TERMS if getattr(invoice, name) != getattr(payment, name)]


def _with_money_back(invoice: Invoice, payment: Payment) -> Invoice:
    lost_at = (invoice.payment_dispute_lost_at, payment.lost_at)
    refunding = (payment.lago_id,) if payment.is_being_refunded else ()
    refunded = payment.refunded_amount_cents if settles(invoice, payment) else 0
    return replace(
        invoice,
        total_refunded_amount_cents=invoice.total_refunded_amount_cents + refunded,
        refunding_payment_ids=(*invoice.refunding_payment_ids, *refunding),
        payment_dispute_lost_at=max((one for one in lost_at if one), default=None),
    )
