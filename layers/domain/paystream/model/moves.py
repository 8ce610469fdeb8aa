"""How an invoice comes from one stage to another. Nobody else writes the fields that say where it stands."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from paystream.model.invoice import Invoice, Problem
from paystream.model.schedule import overdue_is_notified_at
from paystream.model.standing import ContradictionError, InvoiceStatus, PaymentStatus, Stage, Standing, WaitingFor

_PAYMENT_STATUS: Mapping[Stage, PaymentStatus] = {
    Stage.WAITING: PaymentStatus.PENDING,
    Stage.IN_FLIGHT: PaymentStatus.PENDING,
    Stage.PAGE_DUE: PaymentStatus.PENDING,
    Stage.PAGE_OPEN: PaymentStatus.PENDING,
    Stage.CUSTOMER_TO_ACT: PaymentStatus.PENDING,
    Stage.SHOWN_ON_PAGE: PaymentStatus.PENDING,
    Stage.RETRY_PLANNED: PaymentStatus.FAILED,
    Stage.AUTHENTICATION_LINK_DUE: PaymentStatus.FAILED,
    Stage.WAITS_FOR_ANOTHER_METHOD: PaymentStatus.FAILED,
    Stage.GIVEN_UP: PaymentStatus.FAILED,
    Stage.PAID: PaymentStatus.SUCCEEDED,
}


def new_standing(*, owed: bool, due_at: datetime, waiting_for: WaitingFor | None = None) -> Standing:
    """Of an invoice that was made just now: in flight, or paid if nothing is owed; or waiting for what it is known to
    wait for.
    """
    if owed and waiting_for:
        return Standing(
            stage=Stage.WAITING, payment_status=PaymentStatus.PENDING, due_at=due_at, waiting_for=waiting_for
        )
    if owed:
        return Standing(stage=Stage.IN_FLIGHT, payment_status=PaymentStatus.PENDING, due_at=due_at)
    return Standing(stage=Stage.PAID, payment_status=PaymentStatus.SUCCEEDED)


def known_to_wait_for(*, skip_psp: bool, self_billed: bool) -> WaitingFor | None:
    """What a new invoice waits for, whatever else there is."""
    if self_billed:
        return WaitingFor.NOTHING
    return WaitingFor.REQUEST if skip_psp else None


PARKED = Standing(stage=Stage.PARKED, payment_status=PaymentStatus.PENDING)
"""Of an item that cannot be collected as it is."""


def move(
    invoice: Invoice,
    to: Stage,
    *,
    now: datetime,
    due_at: datetime | None = None,
    waiting_for: WaitingFor | None = None,
    next_retry_at: datetime | None = None,
    planned_payment_method_id: str | None = None,
) -> Invoice:
    """The invoice in its new stage; what is not given is cleared.

    One that is paid or voided with a time to look at it again is `settling`. One that was voided stays so, whatever
    becomes of its payments, and so does one that is parked until it is voided: then only `payment_status` and the time
    change. Raises ContradictionError.
    """
    payment_status = _PAYMENT_STATUS.get(to, invoice.payment_status)
    if invoice.payment_status is PaymentStatus.SUCCEEDED and payment_status is not PaymentStatus.SUCCEEDED:
        raise ContradictionError(f"an invoice that is paid does not become {to}")
    if invoice.stage is Stage.PARKED or invoice.status is InvoiceStatus.VOIDED or to in (Stage.PAID, Stage.VOIDED):
        standing = _ended(invoice, to, payment_status, due_at)
    else:
        standing = Standing(
            stage=to,
            payment_status=payment_status,
            due_at=due_at,
            waiting_for=waiting_for,
            next_retry_at=next_retry_at,
            planned_payment_method_id=planned_payment_method_id,
        )
    return replace(_placed(invoice, standing, now), ended_at=_ended_at(invoice, standing, now))


def postpone(invoice: Invoice, due_at: datetime | None, *, keeps_claim: bool = False, now: datetime) -> Invoice:
    """The invoice with another time at which it is looked at again; else it stands where it stood.

    Where an invoice is paid or voided, no time means that no work is left.
    """
    claimed_until = invoice.standing.claimed_until if keeps_claim else None
    standing = replace(_with_due(invoice.standing, due_at), claimed_until=claimed_until)
    return _placed(invoice, standing, now)


def claim(invoice: Invoice, until: datetime, *, due_at: datetime | None = None, now: datetime) -> Invoice:
    """The invoice, which a function collects until that time at the latest; due at another time if one is given."""
    claimed = replace(invoice.standing, claimed_until=until)
    if due_at is None:
        return replace(invoice, standing=claimed, updated_at=now)
    return _placed(invoice, replace(claimed, due_at=due_at), now)


def pause(invoice: Invoice, integration_id: str, *, due_at: datetime, now: datetime) -> Invoice:
    """An open invoice that waits for the secret key of an integration; it stays in its stage. One that is collected on
    request only goes on waiting for that: a key that comes must not begin what nobody asked for.
    """
    if invoice.waiting_for is WaitingFor.REQUEST:
        return postpone(invoice, due_at, now=now)
    standing = replace(
        invoice.standing,
        waiting_for=WaitingFor.KEY,
        paused_integration_id=integration_id,
        due_at=due_at,
        claimed_until=None,
    )
    return _placed(invoice, standing, now)


def resume(invoice: Invoice) -> Invoice:
    """An open invoice that got an answer waits for nothing that is missing; any other stands where it stood."""
    standing = invoice.standing
    if not invoice.is_open:
        return invoice
    stage = Stage.IN_FLIGHT if standing.stage is Stage.WAITING else standing.stage
    return replace(invoice, standing=replace(standing, stage=stage, waiting_for=None, paused_integration_id=None))


def park(
    invoice: Invoice, problem: Problem, rejected: str, *, now: datetime, due_at: datetime | None = None
) -> Invoice:
    """An invoice whose item cannot be collected as it is; with a time to look at it while work is left."""
    standing = replace(PARKED, payment_status=invoice.payment_status, due_at=due_at)
    return _placed(replace(invoice, problem=problem, rejected=rejected), standing, now)


def _placed(invoice: Invoice, standing: Standing, now: datetime) -> Invoice:
    """The invoice there. What is owed is looked at once it is to be notified that it is overdue, whatever else is to be
    done about it, and when.
    """
    placed = replace(invoice, standing=replace(standing, otherwise_due_at=None), updated_at=now)
    notified_at, due_at = overdue_is_notified_at(placed), standing.due_at
    if notified_at is None or (due_at is not None and due_at <= notified_at):
        return placed
    return replace(placed, standing=replace(standing, due_at=notified_at, otherwise_due_at=due_at))


def _ended(invoice: Invoice, to: Stage, payment_status: PaymentStatus, due_at: datetime | None) -> Standing:
    if invoice.stage is Stage.PARKED and to is not Stage.VOIDED:
        return Standing(stage=Stage.PARKED, payment_status=payment_status, due_at=due_at)
    is_voided = to is Stage.VOIDED or invoice.status is InvoiceStatus.VOIDED
    ended = Standing(
        stage=Stage.VOIDED if is_voided else Stage.PAID,
        payment_status=payment_status,
        status=InvoiceStatus.VOIDED if is_voided else InvoiceStatus.FINALIZED,
    )
    return _with_due(ended, due_at)


def _ended_at(before: Invoice, after: Standing, now: datetime) -> datetime | None:
    """When it was paid, voided or given up: the first time of that, until it is something else."""
    end = _end_of(after)
    return before.ended_at if end == _end_of(before.standing) else now if end else None


def _end_of(standing: Standing) -> Stage | None:
    if standing.status is InvoiceStatus.VOIDED:
        return Stage.VOIDED
    if standing.payment_status is PaymentStatus.SUCCEEDED:
        return Stage.PAID
    return Stage.GIVEN_UP if standing.stage is Stage.GIVEN_UP else None


def _with_due(standing: Standing, due_at: datetime | None) -> Standing:
    stage = standing.stage
    if stage in (Stage.PAID, Stage.VOIDED) and due_at:
        stage = Stage.SETTLING
    elif stage is Stage.SETTLING and due_at is None:
        stage = Stage.VOIDED if standing.status is InvoiceStatus.VOIDED else Stage.PAID
    return replace(standing, stage=stage, due_at=due_at)
