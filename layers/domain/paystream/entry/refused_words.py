"""Lago's words that would change whether, what, when or how much is charged, and are not obeyed here: they are refused.

Sources: https://github.com/getlago/lago-openapi/tree/main/src/schemas and, for what it permits,
https://github.com/getlago/lago-api/tree/main/app/controllers/api/v1
"""

from collections.abc import Iterable, Mapping
from typing import Any

Refused = dict[str, list[str]]
"""The code of what is refused, by the path of its key."""

NOT_SUPPORTED = "not_supported"

_CHANGE_A_LINE = ("tax_codes", "taxes", "applied_taxes", "taxes_amount_cents", "taxes_rate")

CHANGE_THE_AMOUNT = (
    *_CHANGE_A_LINE,
    "coupons",
    "coupon_codes",
    "applied_coupons",
    "credits",
    "credit_notes",
    "coupons_amount_cents",
    "credit_notes_amount_cents",
    "progressive_billing_credit_amount_cents",
    "prepaid_credit_amount_cents",
    "prepaid_granted_credit_amount_cents",
    "prepaid_purchased_credit_amount_cents",
)
"""Of an invoice whose total is not said."""

_ARE_NOT_ASKED_FOR = (
    "billing_entity_id",
    "issuing_date",
    "payment_dispute_lost_at",
    "self_billed",
    "total_due_amount_cents",
    "total_paid_amount_cents",
    "voided_at",
    "voided_invoice_id",
)
_IS_AS_SAID = {
    "billing_entity_code": "main",
    "invoice_type": "one_off",
    "status": "finalized",
    "payment_status": "pending",
}
"""Of an invoice that is made now: any other word is refused."""

_DO_NOT_CHANGE = (
    "currency",
    "external_customer_id",
    "fees",
    "net_payment_term",
    "payment_due_date",
    "payment_method",
    "skip_psp",
    "status",
    "total_amount_cents",
    "total_paid_amount_cents",
)
_OF_A_CUSTOMER = ("tax_codes", "taxes", "vat_rate")
_TAX_PROVIDERS = ("anrok", "avalara")


def refused_of_invoice(values: Mapping[str, Any]) -> Refused:
    """In the body of `POST /invoices`."""
    said = [name for name in (*CHANGE_THE_AMOUNT, *_ARE_NOT_ASKED_FOR) if is_said(values.get(name))]
    others = [name for name, word in _IS_AS_SAID.items() if values.get(name) not in (None, word)]
    return _refused((*said, *others)) | refused_of_lines(values)


def refused_of_lines(values: Mapping[str, Any]) -> Refused:
    """In the fees of an invoice."""
    return _refused(
        f"fees.{position}.{name}"
        for position, fee in _mappings(values.get("fees"))
        for name in _CHANGE_A_LINE
        if is_said(fee.get(name))
    )


def refused_of_amount(values: Mapping[str, Any]) -> Refused:
    """In an item whose total is not said."""
    return _refused(name for name in CHANGE_THE_AMOUNT if is_said(values.get(name)))


def refused_of_change(values: Mapping[str, Any]) -> Refused:
    """In the body of `PUT /invoices/{id}`: what an invoice says when it is made."""
    return _refused(name for name in _DO_NOT_CHANGE if is_said(values.get(name)))


def refused_of_customer(values: Mapping[str, Any]) -> Refused:
    """In the body of `POST /customers`. A grace period is none of them: in Lago it delays invoices of subscriptions."""
    said = [name for name in _OF_A_CUSTOMER if is_said(values.get(name))]
    if values.get("billing_entity_code") not in (None, "main"):
        said.append("billing_entity_code")
    taxing = (
        f"integration_customers.{position}.integration_type"
        for position, one in _mappings(values.get("integration_customers"))
        if one.get("integration_type") in _TAX_PROVIDERS
    )
    return _refused((*said, *taxing))


def _refused(paths: Iterable[str]) -> Refused:
    return {path: [NOT_SUPPORTED] for path in paths}


def is_said(value: object) -> bool:
    """Not where it is what it would be without being said."""
    return value not in (None, False, 0, "", [], {})


def _mappings(entries: object) -> Iterable[tuple[int, Mapping[str, Any]]]:
    """Those of a list, with their positions."""
    listed = entries if isinstance(entries, list) else []
    return ((position, one) for position, one in enumerate(listed) if isinstance(one, Mapping))
