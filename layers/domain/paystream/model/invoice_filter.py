"""Which invoices of a list are wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from paystream.model.standing import InvoiceStatus, PaymentStatus

Ordered = TypeVar("Ordered", date, int)

EVERY_STATUS = frozenset(PaymentStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFilter:
    """What is None, or every status, is no matter. Bounds belong to what is wanted; amounts are in minor units."""

    external_customer_id: str | None = None
    payment_statuses: frozenset[PaymentStatus] = EVERY_STATUS
    statuses: frozenset[InvoiceStatus] = frozenset(InvoiceStatus)
    issued_from: date | None = None
    issued_to: date | None = None
    amount_from: int | None = None
    amount_to: int | None = None
    currency: str | None = None
    search_term: str | None = None
    is_impossible: bool = False

    @property
    def is_all(self) -> bool:
        """Whether nothing is passed over that a customer's list, or one payment status's, or all of it holds."""
        listed = InvoiceFilter(external_customer_id=self.external_customer_id, payment_statuses=self.payment_statuses)
        is_one = self.payment_statuses == EVERY_STATUS or (
            len(self.payment_statuses) == 1 and self.external_customer_id is None
        )
        return self == listed and is_one

    def wants(self, values: Mapping[str, Any]) -> bool:
        """Whether an invoice with these plain values is wanted, whatever its payment status."""
        issued_on, amount = date.fromisoformat(values["issuing_date"]), values["total_amount_cents"]
        return (
            not self.is_impossible
            and self.external_customer_id in (None, values["external_customer_id"])
            and values.get("status", InvoiceStatus.FINALIZED) in self.statuses
            and self.currency in (None, values["currency"])
            and _lies_within(issued_on, self.issued_from, self.issued_to)
            and _lies_within(amount, self.amount_from, self.amount_to)
            and (self.search_term is None or self._is_found_in(values))
        )

    def _is_found_in(self, values: Mapping[str, Any]) -> bool:
        term = str(self.search_term).casefold()
        return any(term in values[name].casefold() for name in ("number", "lago_id", "external_customer_id"))


def _lies_within(value: Ordered, first: Ordered | None, last: Ordered | None) -> bool:
    """The bounds belong to what lies within them; None is no bound."""
    return (first is None or value >= first) and (last is None or value <= last)
