"""Make an item that an application put into the invoices table an invoice of ours."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from paystream.model.invoice import FormerCustomer, Invoice, Problem
from paystream.model.item_history import ItemHistory
from paystream.model.manual_payment import AnyPayment
from paystream.model.moves import move, park, postpone
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.received import as_on_record, paid_otherwise, with_paid_elsewhere, with_payments
from paystream.model.schedule import COLLECTED_BY_THEN
from paystream.model.standing import Stage
from paystream.ports.stores import Stores
from paystream.steps.attempts.read_payments import attempts_of, payments_of

BEFORE_ANY_PAYMENT = datetime(2010, 1, 1, tzinfo=UTC)
"""Stripe is younger."""
_ON_ITS_WAY = (PayableStatus.PENDING, PayableStatus.PROCESSING)


def take_in_invoice(invoice: Invoice, as_put: Mapping[str, Any], *, replaced: bool, stores: Stores) -> Invoice:
    """Give the invoice its number and a first version; park it if it broke the contract, if its number is taken, or if
    it says another currency or customer than what was paid. That it was paid before, or voided, is taken at its word.

    From then on it is found by the API. An item that is replaced may have been charged before: its key is
    as old as its first one, and what was paid by hand, or a second time, is not owed again; the attempts are found when
    it is collected. Of one that replaced another it is not known how old it is, so that it is looked up. A void stays,
    and what was said to be paid elsewhere. `as_put` is the item that the invoice was read from. Raises
    VersionConflictError if another function took it in, or another item was put over it meanwhile: read it again.
    """
    organization_id, put_at = invoice.organization_id, invoice.attempt_started_at or invoice.created_at
    seen_at = BEFORE_ANY_PAYMENT if replaced else put_at
    former = stores.invoices.history(
        organization_id,
        invoice.lago_id,
        external_customer_id=invoice.external_customer_id,
        put_at=put_at,
        now=seen_at,
    )
    besides = payments_of(invoice, former, stores)
    said_cents = invoice.total_paid_amount_cents
    invoice = replace(
        invoice,
        total_paid_amount_cents=0,
        attempt_started_at=min(seen_at, former.taken_in_at or seen_at),
        former_customers=_former_customers(invoice, former),
        overdue_notified_at=former.overdue_notified_at,
    )
    invoice = _parked_if_paid_otherwise(invoice, besides, former)
    invoice, elsewhere_cents = _paid_elsewhere(invoice, said_cents, besides, former, stores)
    may_be_sent = replaced or former.lives > 1 or (former.taken_in_at or seen_at) < seen_at
    invoice = _with_what_was_paid(invoice, former, besides, stores, may_be_sent=may_be_sent)
    if said_cents and not invoice.problem:
        invoice = _with_paid_elsewhere(invoice, elsewhere_cents, may_be_sent=may_be_sent)
    numbered = _with_number(invoice, stores)
    return stores.invoices.take_in(numbered, as_put, life=former.lives, paid_elsewhere_cents=elsewhere_cents)


def _parked_if_paid_otherwise(invoice: Invoice, besides: Sequence[AnyPayment], former: ItemHistory) -> Invoice:
    other = None if invoice.problem else paid_otherwise(invoice, besides, former)
    return park(invoice, *other, now=invoice.updated_at) if other else invoice


def _paid_elsewhere(
    invoice: Invoice, said_cents: int, besides: Sequence[AnyPayment], former: ItemHistory, stores: Stores
) -> tuple[Invoice, int]:
    """What the item says was paid beyond what is on record, in minor units: it may have heard of that from here. It is
    parked while an attempt is on its way, which may be what was paid.
    """
    if not said_cents or invoice.problem:
        return invoice, 0
    attempts = tuple(attempts_of(invoice, stores))
    on_record = as_on_record(invoice, (*attempts, *besides), former)
    cents = max(said_cents - on_record.total_paid_amount_cents, 0)
    if cents and any(one.payment_status in _ON_ITS_WAY for one in attempts):
        unclear = Problem(code="invalid_item", details={"total_paid_amount_cents": ["payment_is_being_collected"]})
        return park(invoice, unclear, json.dumps({"total_paid_amount_cents": said_cents}), now=invoice.updated_at), 0
    return invoice, cents


def _with_paid_elsewhere(invoice: Invoice, cents: int, *, may_be_sent: bool) -> Invoice:
    """Nothing is notified of what was paid before, and nothing is looked up of what was never here."""
    paid = replace(invoice, total_paid_amount_cents=invoice.total_paid_amount_cents + cents)
    if paid.total_due_amount_cents:
        return paid
    now = invoice.updated_at
    due_at = invoice.due_at if invoice.voided_at else now + COLLECTED_BY_THEN if may_be_sent else None
    return move(paid, Stage.PAID, due_at=due_at, now=now)


def _former_customers(invoice: Invoice, former: ItemHistory) -> tuple[FormerCustomer, ...]:
    return tuple(
        FormerCustomer(external_customer_id=external_id, since=since, until=invoice.updated_at)
        for external_id, since in former.customers.items()
        if external_id != invoice.external_customer_id
    )


def _with_number(invoice: Invoice, stores: Stores) -> Invoice:
    if invoice.problem or stores.invoices.claim_number(invoice):
        return invoice
    taken = Problem(code="invalid_item", details={"number": ["value_already_exist"]})
    rejected = json.dumps({"number": invoice.number}, ensure_ascii=False)
    return park(replace(invoice, number=invoice.lago_id), taken, rejected, now=invoice.updated_at)


def _with_what_was_paid(
    invoice: Invoice, former: ItemHistory, besides: Sequence[AnyPayment], stores: Stores, *, may_be_sent: bool
) -> Invoice:
    if invoice.problem or invoice.voided_at or former.voided_at:
        return _ended_or_parked(invoice, former, besides, stores, may_be_sent=may_be_sent)
    return with_paid_elsewhere(with_payments(invoice, besides), former)


def _ended_or_parked(
    invoice: Invoice, former: ItemHistory, besides: Sequence[AnyPayment], stores: Stores, *, may_be_sent: bool
) -> Invoice:
    """What is not collected may have replaced what was: what is on record of it counts, what is under way is closed, or
    followed, and an attempt that may have been sent is looked up.
    """
    now, attempts = invoice.updated_at, tuple(attempts_of(invoice, stores))
    known = with_payments(invoice, [*attempts, *besides])
    known = replace(known, attempt=max((one.attempt for one in attempts), default=invoice.attempt))
    may_be_unwritten = not attempts and (may_be_sent or known.problem is not None)
    is_due = may_be_unwritten or known.refunding_payment_ids or _is_work_left(attempts)
    due_at = now + COLLECTED_BY_THEN if is_due else None
    if known.problem:
        return postpone(known, due_at, now=now)
    if attempts and attempts[-1].payment_status is PayableStatus.FAILED:
        known = move(known, Stage.GIVEN_UP, now=now)
    return move(_voided(known, former), Stage.VOIDED, due_at=due_at, now=now)


def _voided(invoice: Invoice, former: ItemHistory) -> Invoice:
    return replace(invoice, voided_at=former.voided_at or invoice.voided_at)


def _is_work_left(attempts: Sequence[Payment]) -> bool:
    return any(one.is_in_flight or one.is_to_be_closed for one in attempts)
