"""Collect an invoice: load its case, ask for the next step, perform it, until there is nothing to do now.

What brings the invoice here (the stream, a queue, the schedule) says only on which occasion it is looked at.
"""

from collections.abc import Callable
from datetime import datetime

from paystream.errors import NeedsAttentionError, TooEarlyError, VersionConflictError
from paystream.model.case import Occasion
from paystream.model.invoice import Invoice
from paystream.model.next_step import next_step
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.connected import Accounts
from paystream.steps.accounts.refused_key import wait_for_key
from paystream.steps.attempts.load_case import load_case
from paystream.steps.attempts.run import Run
from paystream.use_cases.collecting.perform import perform
from paystream.use_cases.collecting.postpone import postpone

MOST_STEPS = 12
"""Of one run: more than any case has. What is left is done when the invoice comes up again."""


def collect_new(invoice: Invoice, *, stores: Stores, gateways: Gateways, now: datetime) -> Invoice:
    """Collect an invoice that is new in the table; safe to repeat, at once or after days. Returns the updated invoice.

    `invoice.attempt_started_at` must be set: the earliest time at which this attempt's key can have been used. Raises
    OutcomeUnknownError when Stripe's answer is not known, KeyRefusedError when the key was refused that was replaced
    just now: repeat it. While an integration is paused the invoice waits for its key. One that finds no turn at Stripe
    is postponed.
    """
    try:
        return collect(invoice, Occasion.NEW, stores=stores, gateways=gateways, now=now)
    except TooEarlyError as early:
        return postpone(invoice, early.try_again_at, stores=stores, now=now)


def collect(
    invoice: Invoice,
    occasion: Occasion,
    *,
    stores: Stores,
    gateways: Gateways,
    paused_until: Callable[[Invoice], datetime] | None = None,
    now: datetime,
) -> Invoice:
    """Perform step after step; returns the updated invoice. A lost race loads the case again.

    While an integration is paused, an open invoice waits for its key; any other is looked at again at `paused_until`.
    Raises TooEarlyError and what asking Stripe raises, VersionConflictError if races go on.
    """
    if occasion is Occasion.NEW and not invoice.is_open:
        return invoice
    run = Run(stores=stores, gateways=gateways, now=now, accounts=Accounts(invoice.organization_id, stores))
    case = load_case(invoice, occasion, run.accounts, stores=stores, now=now)
    for _ in range(MOST_STEPS):
        step = next_step(case)
        if step is None:
            break
        try:
            case = perform(step, case, run)
        except VersionConflictError as lost:
            case = run.after_lost_race(case, lost)
        except NeedsAttentionError as paused:
            if not case.invoice.is_open:
                return _look_again_at(case.invoice, paused_until, run)
            waiting = wait_for_key(case.invoice, paused, stores=stores, now=now)
            if waiting:
                return waiting
            case = run.reloaded(case)
    return case.invoice


def _look_again_at(invoice: Invoice, paused_until: Callable[[Invoice], datetime] | None, run: Run) -> Invoice:
    """One that is not open is not found when the key comes, so it is looked at again soon."""
    until = paused_until(invoice) if paused_until else invoice.due_at
    return postpone(invoice, until, stores=run.stores, now=run.now) if until else invoice
