"""Make an item that an application put into the invoices table an invoice of ours."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from paystream.model.invoice import Invoice, Problem
from paystream.model.payment import ManualPayment
from paystream.ports.stores import Stores

BEFORE_ANY_PAYMENT = datetime(2010, 1, 1, tzinfo=UTC)
"""Stripe is younger."""


def take_in_invoice(invoice: Invoice, *, replaced: bool, stores: Stores) -> Invoice:
    """Give the invoice its number and a first version; park it if it broke the contract or its number is taken.

    From then on it is found by the API. An item that is put anew may have been charged in its former life: its key is
    as old as its first one, and what was paid outside of Stripe is not owed again. Of one that was put over another it
    is not known how old it is, so that it is looked up. Raises VersionConflictError if somebody else took it in: read
    it again.
    """
    if invoice.attempt_started_at:
        seen_at = BEFORE_ANY_PAYMENT if replaced else invoice.attempt_started_at
        first_at = stores.invoices.first_taken_in_at(invoice.organization_id, invoice.lago_id, now=seen_at)
        invoice = replace(invoice, attempt_started_at=min(seen_at, first_at))
        if first_at < seen_at or replaced:
            invoice = replace(invoice, total_paid_amount_cents=_paid_by_hand(invoice, stores))
    if invoice.problem is None and not stores.invoices.claim_number(invoice):
        taken = Problem(code="invalid_item", details={"number": ["value_already_exist"]})
        rejected = json.dumps({"number": invoice.number}, ensure_ascii=False)
        invoice = replace(invoice, problem=taken, rejected=rejected, number=invoice.lago_id, due_at=None)
    return stores.invoices.save(invoice)


def _paid_by_hand(invoice: Invoice, stores: Stores) -> int:
    """In minor units."""
    payments = stores.payments.of_invoice(invoice.organization_id, invoice.lago_id)
    return sum(payment.amount_cents for payment in payments if isinstance(payment, ManualPayment))
