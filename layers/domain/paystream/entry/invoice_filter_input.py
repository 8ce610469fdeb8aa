"""Which invoices a request lists: Lago's filters, as they come in a query."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from paystream.errors import InvalidInputError
from paystream.model.currency import LARGEST_AMOUNT
from paystream.model.invoice_filter import InvoiceFilter
from paystream.model.standing import InvoiceStatus, PaymentStatus

FILTERS = frozenset(
    """
    amount_from amount_to currency issuing_date_from issuing_date_to payment_dispute_lost payment_overdue payment_status
    payment_statuses[] search_term status statuses[] invoice_type
    """.split()
)
OF_ITS_CUSTOMER = frozenset({"external_customer_id", "customer_external_id"})
"""Lago takes both. They are no filters where the path names the customer."""


_STATUSES_OF_LAGO = frozenset("draft finalized voided generating failed open closed pending".split())
_TYPE = "one_off"
_TYPES_OF_LAGO = frozenset("subscription add_on credit one_off advance_charges progressive_billing".split())

E = TypeVar("E", bound=StrEnum)


def invoice_filter(
    query: Mapping[str, str],
    lists: Mapping[str, Sequence[str]],
    *,
    external_customer_id: str | None = None,
    now: datetime,
) -> InvoiceFilter:
    """What is wanted of a list; `now` decides what is overdue. Raises InvalidInputError for a value that no invoice of
    Lago's could have.
    """
    wrong: list[str] = []
    payment_statuses = _chosen(PaymentStatus, _sent("payment_status", "payment_statuses[]", query, lists), wrong)
    statuses = _chosen(InvoiceStatus, _sent("status", "statuses[]", query, lists), wrong)
    wanted = InvoiceFilter(
        external_customer_id=external_customer_id
        or query.get("external_customer_id", query.get("customer_external_id")),
        payment_statuses=payment_statuses,
        statuses=statuses,
        issued_from=_day(query, "issuing_date_from", wrong),
        issued_to=_day(query, "issuing_date_to", wrong),
        amount_from=_amount(query, "amount_from", wrong),
        amount_to=_amount(query, "amount_to", wrong),
        currency=query.get("currency"),
        search_term=query.get("search_term"),
        is_overdue=_truth(query, "payment_overdue", wrong),
        is_dispute_lost=_truth(query, "payment_dispute_lost", wrong),
        as_of=now if "payment_overdue" in query else None,
        is_impossible=_is_impossible(query, wrong) or not statuses,
    )
    if wrong:
        raise InvalidInputError({name: ["value_is_invalid"] for name in wrong})
    return wanted


def _sent(one: str, many: str, query: Mapping[str, str], lists: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """The values, each with the name under which it came."""
    return [(many, value) for value in lists.get(many, ())] + ([(one, query[one])] if one in query else [])


def _chosen(kind: type[E], sent: Sequence[tuple[str, str]], wrong: list[str]) -> frozenset[E]:
    """All of them if none is named. Of Lago's statuses there are some that no invoice has here."""
    here = frozenset(kind)
    known = {value.value for value in here} | (_STATUSES_OF_LAGO if kind is InvoiceStatus else frozenset())
    wrong += [name for name, value in sent if value not in known]
    named = {value for _, value in sent}
    return frozenset(value for value in here if value.value in named) if sent else here


def _truth(query: Mapping[str, str], name: str, wrong: list[str]) -> bool | None:
    known = {"true": True, "false": False}
    if name in query and query[name] not in known:
        wrong.append(name)
    return known.get(query.get(name, ""))


def _day(query: Mapping[str, str], name: str, wrong: list[str]) -> date | None:
    if name not in query:
        return None
    try:
        return date.fromisoformat(query[name][:10])
    except ValueError:
        wrong.append(name)
        return None


def _amount(query: Mapping[str, str], name: str, wrong: list[str]) -> int | None:
    """In minor units."""
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_AMOUNT)) + 1):
        wrong.append(name)
        return None
    return int(text)


def _is_impossible(query: Mapping[str, str], wrong: list[str]) -> bool:
    """Whether something is asked for that no invoice is here."""
    invoice_type = query.get("invoice_type", _TYPE)
    if invoice_type not in _TYPES_OF_LAGO:
        wrong.append("invoice_type")
    return invoice_type != _TYPE
