"""When an invoice is to be paid: from then on it is overdue. It is charged at once all the same, as in Lago."""

from dataclasses import dataclass
from datetime import date, timedelta

from paystream.errors import InvalidInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTerm:
    """`days` after the invoice was issued it is to be paid: on the `due_date`."""

    days: int
    due_date: date


def payment_term(issued_on: date, *, days: int | None, due_date: date | None, usual_days: int = 0) -> PaymentTerm:
    """What one of the two says of the other; the usual days where neither is said.

    Raises InvalidInputError if they contradict each other.
    """
    if due_date is None:
        days = usual_days if days is None else days
        return PaymentTerm(days=days, due_date=issued_on + timedelta(days=days))
    if days is not None and due_date != issued_on + timedelta(days=days):
        raise InvalidInputError({"payment_due_date": ["does_not_match_net_payment_term"]})
    return PaymentTerm(days=max((due_date - issued_on).days, 0), due_date=due_date)
