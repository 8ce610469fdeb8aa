"""The lists of the API as tables: a row for each of its objects, and a column for what a person looks at.

Amounts are in major units with the currency's digits, as a spreadsheet takes them; in JSON they are in minor units.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from paystream.model.currency import decimals
from paystream.model.figures import Way

INVOICES = (
    "number",
    "external_customer_id",
    "status",
    "payment_status",
    "stage",
    "currency",
    "total_amount",
    "total_due_amount",
    "total_paid_amount",
    "total_refunded_amount",
    "issuing_date",
    "payment_due_date",
    "payment_overdue",
    "payment_dispute_lost_at",
    "next_retry_at",
    "ended_at",
    "failure_code",
    "failure_class",
    "explanation",
    "created_at",
    "updated_at",
    "lago_id",
)
PAYMENTS = (
    "invoice_number",
    "external_customer_id",
    "type",
    "attempt",
    "status",
    "payment_status",
    "currency",
    "amount",
    "refunded_amount",
    "payment_method_type",
    "payment_method_brand",
    "payment_method_last4",
    "failure_code",
    "failure_class",
    "explanation",
    "dispute_status",
    "reference",
    "provider_payment_id",
    "provider_url",
    "created_at",
    "ended_at",
    "lago_invoice_id",
    "lago_id",
)
CUSTOMERS = (
    "external_id",
    "name",
    "legal_name",
    "email",
    "country",
    "currency",
    "payment_provider_code",
    "provider_customer_id",
    "provider_payment_methods",
    "payment_method_id",
    "created_at",
    "updated_at",
    "lago_id",
)

_PAIRS = (
    ("invoices", "invoiced"),
    ("payments", "collected"),
    ("payments_by_hand", "by_hand"),
    ("failures", "failed"),
    ("refunds", "refunded"),
    ("disputes", "disputed"),
)
"""Each number beside its amount."""
FIGURES = (
    "currency",
    "date",
    *(name for pair in _PAIRS for name in pair),
    *(f"recovered_by_{way.value}{what}" for way in Way for what in ("_invoices", "_amount")),
)


def figure_rows(figures: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Of a figures object: each currency's days."""
    for one in figures["currencies"]:
        currency = one["currency"]
        for day in one["days"]:
            sums = {name: _major(day[f"{name}_cents"], currency) for _, name in _PAIRS}
            yield {**day, **sums, **_recovered(day["recovered"], currency), "currency": currency}


def _recovered(by_way: Mapping[str, Any], currency: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for way, one in by_way.items():
        found[f"recovered_by_{way}_invoices"] = one["invoices"]
        found[f"recovered_by_{way}_amount"] = _major(one["amount_cents"], currency)
    return found


def invoice_row(invoice: Mapping[str, Any]) -> dict[str, Any]:
    """Of an invoice object."""
    sums = ("total_amount", "total_due_amount", "total_paid_amount", "total_refunded_amount")
    return {
        **invoice,
        **{name: _major(invoice[f"{name}_cents"], invoice["currency"]) for name in sums},
        **_failure(invoice["last_failure"]),
    }


def payment_row(payment: Mapping[str, Any]) -> dict[str, Any]:
    """Of a payment object."""
    method, failure, currency = payment["payment_method"] or {}, payment["failure"], payment["amount_currency"]
    return {
        **payment,
        **_failure(failure),
        "explanation": failure["explanation"] if failure else None,
        "invoice_number": payment["invoice_numbers"][0],
        "lago_invoice_id": payment["invoice_ids"][0],
        "currency": currency,
        "amount": _major(payment["amount_cents"], currency),
        "refunded_amount": _major(payment["refunded_amount_cents"], currency),
        "payment_method_type": method.get("type"),
        "payment_method_brand": method.get("brand"),
        "payment_method_last4": method.get("last4"),
        "dispute_status": payment["dispute"]["status"] if payment["dispute"] else None,
    }


def customer_row(customer: Mapping[str, Any]) -> dict[str, Any]:
    """Of a customer object."""
    billing = customer["billing_configuration"]
    return {**customer, **billing, "provider_payment_methods": " ".join(billing["provider_payment_methods"])}


def _failure(failure: Mapping[str, Any] | None) -> dict[str, Any]:
    """The decline code says more than the error code, which is `card_declined` then."""
    if failure is None:
        return {"failure_code": None, "failure_class": None}
    return {"failure_code": failure["decline_code"] or failure["code"], "failure_class": failure["class"]}


def _major(cents: int, currency: str) -> Decimal:
    return Decimal(cents).scaleb(-decimals(currency))
