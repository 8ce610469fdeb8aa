"""Make an item that an application put into the invoices table an invoice of ours."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from paystream.model.invoice import Invoice, Problem
from paystream.model.item_history import with_payments
from paystream.model.moves import park, postpone
from paystream.model.schedule import COLLECTED_BY_THEN
from paystream.ports.stores import Stores
from paystream.steps.attempts.load_case import attempts_of

BEFORE_ANY_PAYMENT = datetime(2010, 1, 1, tzinfo=UTC)
"""Stripe is younger."""


def take_in_invoice(invoice: Invoice, *, replaced: bool, stores: Stores) -> Invoice:
    """Give the invoice its number and a first version; park it if it broke the contract or its number is taken.

    From then on it is found by the API. An item that is replaced may have been charged before: its key is
    as old as its first one, and what was paid by hand, or a second time, is not owed again; the attempts are found when
    it is collected. Of one that replaced another it is not known how old it is, so that it is looked up. Raises
    VersionConflictError if another function took it in: read it again.
    """
    if invoice.attempt_started_at:
        seen_at = BEFORE_ANY_PAYMENT if replaced else invoice.attempt_started_at
        former = stores.invoices.history(invoice.organization_id, invoice.lago_id, now=seen_at)
        besides = (stores.payments.find(invoice.organization_id, one) for one in former.payment_ids)
        invoice = replace(invoice, attempt_started_at=min(seen_at, former.taken_in_at))
        invoice = with_payments(invoice, (payment for payment in besides if payment))
    else:
        invoice = _parked_with_history(invoice, stores)
    if invoice.problem is None and not stores.invoices.claim_number(invoice):
        taken = Problem(code="invalid_item", details={"number": ["value_already_exist"]})
        rejected = json.dumps({"number": invoice.number}, ensure_ascii=False)
        invoice = park(replace(invoice, number=invoice.lago_id), taken, rejected=rejected)
    return stores.invoices.save(invoice)


def _parked_with_history(invoice: Invoice, stores: Stores) -> Invoice:
    """An item that cannot be collected may have replaced one that was: what is on record of it counts, and what is
    under way is followed.
    """
    now = invoice.updated_at
    former = stores.invoices.history(invoice.organization_id, invoice.lago_id, now=now)
    besides = [stores.payments.find(invoice.organization_id, one) for one in former.payment_ids]
    attempts = tuple(attempts_of(invoice, stores))
    known = with_payments(invoice, [*attempts, *(payment for payment in besides if payment)])
    if not attempts:
        return known
    attempted = replace(known, attempt=attempts[-1].attempt)
    is_left = any(one.is_in_flight or one.is_to_be_closed for one in attempts)
    return postpone(attempted, now + COLLECTED_BY_THEN, now=now) if is_left else attempted
