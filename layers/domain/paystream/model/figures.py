"""What an invoice and its payments count for in the figures: amounts and numbers, by day.

It follows from what is on record and from nothing else: so the figures can be counted again at any time, and come to
the same. Days are UTC's; amounts are integers in minor units of the row's currency.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

from paystream.model.invoice import Invoice
from paystream.model.manual_payment import AnyPayment, ManualPayment
from paystream.model.outcome import LINK_EXPIRED, PayableStatus
from paystream.model.payment import Payment
from paystream.model.received import has_come, settles
from paystream.model.standing import InvoiceStatus, PaymentStatus, Stage

PAID_AFTER = "paid_after_"
"""The beginning of the measures that say how many invoices were paid after so many seconds: after `rounded` ones."""

_SIGNIFICANT_BITS = 4


class RowKind(StrEnum):
    """What the day of a row is: that on which it happened, on which what is open was made, or is to be paid."""

    DAY = "day"
    OPEN = "open"
    DUE = "due"


class Way(StrEnum):
    """How an invoice was recovered: what paid it after an attempt had failed."""

    RETRY = "retry"
    ANOTHER_METHOD = "another_method"
    PAYMENT_LINK = "payment_link"
    BY_HAND = "by_hand"


class Row(NamedTuple):
    """Where something is counted."""

    kind: RowKind
    day: date
    currency: str


Measures = Mapping[str, int]
"""By their names; none is 0."""

Counted = Mapping[Row, Measures]
"""What is counted, row by row; no row is empty."""

Entry = tuple[Row, str, int]


def counted_for(invoice: Invoice | None, payments: Iterable[AnyPayment]) -> Counted:
    """All that an invoice counts for, with its payments. One that is not there, or not ours yet, counts for nothing."""
    if invoice is None:
        return {}
    known = tuple(sorted(payments, key=lambda one: (_ended_at(one), one.lago_id)))
    return summed((*_of_invoice(invoice), *_of_what_paid_it(invoice, known), *_of_payments(known)))


def summed(entries: Iterable[Entry]) -> Counted:
    """The entries put together."""
    sums: dict[Row, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row, measure, number in entries:
        sums[row][measure] += number
    rows = {
        row: {name: number for name, number in sorted(measures.items()) if number} for row, measures in sums.items()
    }
    return {row: measures for row, measures in sorted(rows.items()) if measures}


def difference(before: Counted, after: Counted) -> Counted:
    """What has to be added to what was counted."""
    return summed((*entries_of(after), *((row, name, -number) for row, name, number in entries_of(before))))


def entries_of(counted: Counted) -> Iterator[Entry]:
    """Number by number."""
    return ((row, name, number) for row, measures in counted.items() for name, number in measures.items())


def rounded(seconds: int) -> int:
    """Seconds to four significant bits, rounded down: an eighth of it is lost at the most. Never below 0."""
    unit = max(0, seconds.bit_length() - _SIGNIFICANT_BITS) if seconds > 0 else 0
    return max(0, seconds) >> unit << unit


def _of_invoice(invoice: Invoice) -> Iterator[Entry]:
    if _is_owed_by_nobody(invoice):
        return
    made = _day(invoice.created_at)
    day = Row(RowKind.DAY, made, invoice.currency)
    yield from _money(day, "invoices", "invoiced_cents", invoice.total_amount_cents)
    if invoice.payment_status is not PaymentStatus.PENDING:
        yield day, f"invoices_{invoice.payment_status.value}", 1
    if invoice.is_owed:
        due = invoice.total_due_amount_cents
        yield from _money(Row(RowKind.OPEN, made, invoice.currency), "invoices", "amount_cents", due)
        if invoice.payment_dispute_lost_at is None:
            yield from _money(Row(RowKind.DUE, invoice.due_date, invoice.currency), "invoices", "amount_cents", due)


def _is_owed_by_nobody(invoice: Invoice) -> bool:
    """It was voided; or it is parked, and may be over anything."""
    return invoice.stage is Stage.PARKED or invoice.status is InvoiceStatus.VOIDED


def _of_what_paid_it(invoice: Invoice, payments: tuple[AnyPayment, ...]) -> Iterator[Entry]:
    """How long it took until it was paid, and what that was which paid it after a failure."""
    last = _completing(invoice, payments)
    if last is None:
        return
    day = Row(RowKind.DAY, _day(_ended_at(last)), last.currency)
    took = _ended_at(last) - invoice.created_at
    yield day, f"{PAID_AFTER}{rounded(int(took.total_seconds()))}", 1
    before = [one for one in payments if _has_failed(one) and _ended_at(one) <= _ended_at(last)]
    if before:
        way = _way(last, before[-1]).value
        yield from _money(day, f"recovered_by_{way}", f"recovered_by_{way}_cents", last.amount_cents)


def _completing(invoice: Invoice, payments: Iterable[AnyPayment]) -> AnyPayment | None:
    """With which it was paid in full; the last one, where a part was paid elsewhere. What comes after is too much."""
    if invoice.payment_status is not PaymentStatus.SUCCEEDED or _is_owed_by_nobody(invoice):
        return None
    paid, last = 0, None
    for payment in payments:
        if has_come(payment) and settles(invoice, payment) and paid < invoice.total_amount_cents:
            paid, last = paid + payment.amount_cents, payment
    return last


def _way(paid: AnyPayment, failed: AnyPayment) -> Way:
    if isinstance(paid, ManualPayment):
        return Way.BY_HAND
    if paid.link:
        return Way.PAYMENT_LINK
    is_another = isinstance(failed, Payment) and None is not paid.pays_with != failed.pays_with
    return Way.ANOTHER_METHOD if is_another else Way.RETRY


def _of_payments(payments: Iterable[AnyPayment]) -> Iterator[Entry]:
    for payment in payments:
        day = Row(RowKind.DAY, _day(_ended_at(payment)), payment.currency)
        if has_come(payment):
            yield from _money(day, "payments", "collected_cents", payment.amount_cents)
        if isinstance(payment, ManualPayment):
            yield from _money(day, "payments_by_hand", "by_hand_cents", payment.amount_cents)
            continue
        if _has_failed(payment):
            yield from _money(day, "failures", "failed_cents", payment.amount_cents)
        yield from _of_what_goes_back(payment)


def _of_what_goes_back(payment: Payment) -> Iterator[Entry]:
    for refund in payment.refunds:
        if refund.counts:
            day = Row(RowKind.DAY, _day(refund.created_at), payment.currency)
            yield from _money(day, "refunds", "refunded_cents", refund.amount_cents)
    for dispute in payment.disputes:
        opened_at = dispute.opened_at or dispute.said_at or dispute.ended_at or _ended_at(payment)
        day = Row(RowKind.DAY, _day(opened_at), dispute.currency)
        yield from _money(day, "disputes", "disputed_cents", dispute.amount_cents)


def _has_failed(payment: AnyPayment) -> bool:
    """A page that nobody paid on was no try, and neither was what made room for another attempt."""
    if not isinstance(payment, Payment) or payment.payment_status is not PayableStatus.FAILED:
        return False
    is_expired = payment.failure is not None and payment.failure.code == LINK_EXPIRED
    return not (is_expired or payment.is_superseded)


def _ended_at(payment: AnyPayment) -> datetime:
    """When it was paid, or failed. What settled before that was kept counts for when it was made."""
    return payment.created_at if isinstance(payment, ManualPayment) else payment.ended_at or payment.created_at


def _day(time: datetime) -> date:
    return time.astimezone(UTC).date()


def _money(row: Row, number: str, amount: str, cents: int) -> Iterator[Entry]:
    yield row, number, 1
    yield row, amount, cents
