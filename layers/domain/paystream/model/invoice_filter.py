"""Which invoices of a list are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from paystream.model.invoice import Invoice
from paystream.model.standing import InvoiceStatus, PaymentStatus

Ordered = TypeVar("Ordered", date, int)

EVERY_STATUS = frozenset(PaymentStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFilter:
    """What is None, or every status, is no matter. Bounds belong to what is wanted; amounts are in minor units. What is
    overdue is so on the day of `as_of`, which has to be there where that is asked for.
    """

    external_customer_id: str | None = None
    payment_statuses: frozenset[PaymentStatus] = EVERY_STATUS
    statuses: frozenset[InvoiceStatus] = frozenset(InvoiceStatus)
    issued_from: date | None = None
    issued_to: date | None = None
    amount_from: int | None = None
    amount_to: int | None = None
    currency: str | None = None
    search_term: str | None = None
    is_overdue: bool | None = None
    is_dispute_lost: bool | None = None
    as_of: datetime | None = None
    is_impossible: bool = False

    @property
    def asks_for_state(self) -> bool:
        """Whether what is wanted depends on the payment status, and on what became of it."""
        is_state = self.is_overdue is not None or self.is_dispute_lost is not None
        return is_state or self.payment_statuses != EVERY_STATUS

    @property
    def possible_payment_statuses(self) -> frozenset[PaymentStatus]:
        """Those of what is wanted: what is paid is never overdue."""
        return self.payment_statuses - ({PaymentStatus.SUCCEEDED} if self.is_overdue else frozenset())

    @property
    def is_all(self) -> bool:
        """Whether nothing is passed over that a customer's list, or one payment status's, or all of it holds."""
        listed = InvoiceFilter(external_customer_id=self.external_customer_id, payment_statuses=self.payment_statuses)
        is_one = self.payment_statuses == EVERY_STATUS or (
            len(self.payment_statuses) == 1 and self.external_customer_id is None
        )
        return self == listed and is_one

    def wants(self, values: Mapping[str, Any]) -> bool:
        """Whether an invoice with these plain values is wanted, whatever its payment status. Where its state is asked
        for, they are all those that it depends on.
        """
        issued_on, amount = date.fromisoformat(values["issuing_date"]), values["total_amount_cents"]
        return (
            not self.is_impossible
            and self.external_customer_id in (None, values["external_customer_id"])
            and values.get("status", InvoiceStatus.FINALIZED) in self.statuses
            and self.currency in (None, values["currency"])
            and _lies_within(issued_on, self.issued_from, self.issued_to)
            and _lies_within(amount, self.amount_from, self.amount_to)
            and (self.search_term is None or self._is_found_in(values))
            and self._is_in_state(values)
        )

    def still_wants(self, invoice: Invoice) -> bool:
        """Whether the invoice is in the state that its entry in an index said a moment ago."""
        is_in_state = invoice.payment_status in self.payment_statuses and invoice.status in self.statuses
        is_lost = invoice.payment_dispute_lost_at is not None
        is_overdue = self.as_of is not None and invoice.is_overdue(self.as_of)
        is_as_asked = self.is_overdue in (None, is_overdue) and self.is_dispute_lost in (None, is_lost)
        return is_in_state and is_as_asked

    def _is_in_state(self, values: Mapping[str, Any]) -> bool:
        is_lost = "payment_dispute_lost_at" in values
        is_as_asked = self.is_dispute_lost in (None, is_lost)
        return is_as_asked and (self.is_overdue is None or self.is_overdue is self._was_due_before(values))

    def _was_due_before(self, values: Mapping[str, Any]) -> bool:
        """As an invoice says it of itself (`Invoice.is_overdue`)."""
        is_owed = values["payment_status"] != PaymentStatus.SUCCEEDED and "problem" not in values
        is_open = is_owed and values.get("status", InvoiceStatus.FINALIZED) == InvoiceStatus.FINALIZED
        due_on = date.fromisoformat(values.get("payment_due_date") or values["issuing_date"])
        is_late = self.as_of is not None and due_on < self.as_of.date()
        return is_open and is_late and "payment_dispute_lost_at" not in values

    def _is_found_in(self, values: Mapping[str, Any]) -> bool:
        term = str(self.search_term).casefold()
        return any(term in values[name].casefold() for name in ("number", "lago_id", "external_customer_id"))


def _lies_within(value: Ordered, first: Ordered | None, last: Ordered | None) -> bool:
    """The bounds belong to what lies within them; None is no bound."""
    return (first is None or value >= first) and (last is None or value <= last)
