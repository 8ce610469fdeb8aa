"""An invoice as Lago's clients read it. All amounts are in minor units."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from paystream.lago.customers import customer_object
from paystream.lago.outlook import outlook_object
from paystream.lago.timestamps import timestamp
from paystream.model.currency import decimals
from paystream.model.customer import Customer
from paystream.model.identifiers import derived_id, fee_id
from paystream.model.invoice import Fee, Invoice


def invoice_object(invoice: Invoice, now: datetime) -> dict[str, Any]:
    """Lago's invoice object; `error_details` says why an item of the invoices table was parked.

    `now` decides whether it is overdue.
    """
    return {
        "lago_id": invoice.lago_id,
        "billing_entity_code": "main",
        "sequential_id": invoice.sequential_id,
        "number": invoice.number,
        "purchase_order_number": invoice.purchase_order_number,
        "issuing_date": invoice.issuing_date.isoformat(),
        "payment_due_date": invoice.due_date.isoformat(),
        "net_payment_term": invoice.net_payment_term,
        "invoice_type": "one_off",
        "status": invoice.status.value,
        "payment_status": invoice.payment_status.value,
        "payment_dispute_lost_at": timestamp(invoice.payment_dispute_lost_at)
        if invoice.payment_dispute_lost_at
        else None,
        "payment_overdue": invoice.is_overdue(now),
        "currency": invoice.currency,
        **_amounts(invoice),
        "file_url": None,
        "xml_url": None,
        "web_url": None,
        "version_number": 4,
        "self_billed": invoice.self_billed,
        "created_at": timestamp(invoice.created_at),
        "updated_at": timestamp(invoice.updated_at),
        "next_retry_at": timestamp(invoice.next_retry_at) if invoice.next_retry_at else None,
        "voided_at": timestamp(invoice.voided_at) if invoice.voided_at else None,
        "external_customer_id": invoice.external_customer_id,
        "metadata": [
            {
                "lago_id": derived_id("metadata", invoice.lago_id, entry.key),
                "key": entry.key,
                "value": entry.value,
                "created_at": timestamp(invoice.created_at),
            }
            for entry in invoice.metadata
        ],
        "applied_taxes": [],
        "error_details": _error_details(invoice),
        **outlook_object(invoice),
    }


def extended_invoice_object(invoice: Invoice, customer: Customer | None, now: datetime) -> dict[str, Any]:
    """What the API answers for one invoice."""
    return invoice_object(invoice, now) | {
        "customer": customer_object(customer) if customer else None,
        "billing_periods": [],
        "subscriptions": [],
        "fees": fee_objects(invoice, customer),
        "credits": [],
        "applied_invoice_custom_sections": [],
    }


def fee_objects(invoice: Invoice, customer: Customer | None) -> list[dict[str, Any]]:
    """The lines of the invoice."""
    return [
        _fee_object(invoice, fee, position, customer.lago_id if customer else None)
        for position, fee in enumerate(invoice.fees)
    ]


def _amounts(invoice: Invoice) -> dict[str, int | None]:
    total = invoice.total_amount_cents
    return {
        "fees_amount_cents": total,
        "taxes_amount_cents": 0,
        "progressive_billing_credit_amount_cents": 0,
        "coupons_amount_cents": 0,
        "credit_notes_amount_cents": 0,
        "sub_total_excluding_taxes_amount_cents": total,
        "sub_total_including_taxes_amount_cents": total,
        "total_amount_cents": total,
        "total_due_amount_cents": invoice.total_due_amount_cents,
        "total_paid_amount_cents": invoice.total_paid_amount_cents,
        "total_refunded_amount_cents": invoice.total_refunded_amount_cents,
        "total_offsetted_credit_note_amount_cents": 0,
        "prepaid_credit_amount_cents": 0,
        "prepaid_granted_credit_amount_cents": None,
        "prepaid_purchased_credit_amount_cents": None,
    }


def _error_details(invoice: Invoice) -> list[dict[str, Any]]:
    if invoice.problem is None:
        return []
    return [
        {
            "lago_id": derived_id("problem", invoice.lago_id, invoice.problem.code),
            "error_code": invoice.problem.code,
            "details": invoice.problem.details,
        }
    ]


def _fee_object(invoice: Invoice, fee: Fee, position: int, lago_customer_id: str | None) -> dict[str, Any]:
    amount = _major(fee.amount_cents, invoice.currency)
    return {
        "lago_id": fee_id(invoice.lago_id, position),
        "lago_invoice_id": invoice.lago_id,
        "lago_customer_id": lago_customer_id,
        "external_customer_id": invoice.external_customer_id,
        "lago_charge_id": None,
        "lago_charge_filter_id": None,
        "lago_fixed_charge_id": None,
        "lago_true_up_fee_id": None,
        "lago_true_up_parent_fee_id": None,
        "lago_original_fee_id": None,
        "lago_subscription_id": None,
        "external_subscription_id": None,
        "item": {
            "type": "add_on",
            "code": fee.add_on_code,
            "name": fee.name or fee.add_on_code,
            "description": fee.description,
            "invoice_display_name": fee.invoice_display_name or fee.name or fee.add_on_code,
            "filters": None,
            "filter_invoice_display_name": None,
            "lago_item_id": derived_id("add_on", invoice.organization_id, fee.add_on_code),
            "item_type": "AddOn",
            "grouped_by": {},
        },
        "pay_in_advance": False,
        "invoiceable": True,
        "amount_cents": fee.amount_cents,
        "amount_currency": invoice.currency,
        "precise_amount": amount,
        "precise_total_amount": amount,
        "taxes_amount_cents": 0,
        "taxes_precise_amount": "0.0",
        "taxes_rate": 0.0,
        "total_aggregated_units": None,
        "total_amount_cents": fee.amount_cents,
        "total_amount_currency": invoice.currency,
        "units": fee.units,
        "precise_unit_amount": _major(fee.unit_amount_cents, invoice.currency),
        "precise_coupons_amount_cents": "0.0",
        "sub_total_excluding_taxes_amount_cents": fee.amount_cents,
        "sub_total_excluding_taxes_precise_amount_cents": f"{fee.amount_cents}.0",
        "events_count": None,
        "description": fee.description,
        "payment_status": invoice.payment_status.value,
        "created_at": timestamp(invoice.created_at),
        "succeeded_at": None,
        "failed_at": None,
        "refunded_at": None,
        "amount_details": {},
        "self_billed": invoice.self_billed,
        "pricing_unit_details": None,
        "presentation_breakdowns": [],
        "from_date": timestamp(invoice.created_at),
        "to_date": timestamp(invoice.created_at),
    }


def _major(amount: int, currency: str) -> str:
    """The amount in the currency's major unit, with at least one digit behind the point, as Lago writes decimals."""
    text = format((Decimal(amount).scaleb(-decimals(currency))).normalize(), "f")
    return text if "." in text else f"{text}.0"
