"""Hand out the invoices that are to be looked at again.

Each is postponed before it is handed out, on the condition that it is still due: of two schedulers at once only one
hands it out, and what is handed out comes up again if nothing comes of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from paystream.model.schedule import DueInvoice
from paystream.ports.messages import DueQueue
from paystream.ports.stores import DueInvoices

LEASE = timedelta(minutes=20)
"""A message that is lost, or the function that lost it, is made good after this time."""

REFUSED_FOR = timedelta(minutes=1)
"""What the queue did not take is handed out by the next run."""

_AT_ONCE = 1000
"""What a crash between leases and their messages delays, at most."""


def portions(due: Iterable[DueInvoice]) -> Iterator[Sequence[DueInvoice]]:
    """What was read of all shards, in portions that are leased and sent together.

    The organization whose invoice is the longest due comes first, and each one's invoices stay together, oldest first:
    those that were made at about the same time are looked up by one list at Stripe.
    """
    by_organization: dict[str, list[DueInvoice]] = {}
    for one in sorted(due, key=lambda due: due.due_at):
        by_organization.setdefault(one.organization_id, []).append(one)
    together = [one for theirs in by_organization.values() for one in theirs]
    for start in range(0, len(together), _AT_ONCE):
        yield together[start : start + _AT_ONCE]


def lease(leases: dict[DueInvoice, DueInvoice], due: DueInvoice, *, due_invoices: DueInvoices, now: datetime) -> None:
    """Postpone an invoice for as long as it is out, and note it, unless another run did or it is not due any more."""
    leased = due_invoices.postpone(due, now + LEASE)
    if leased:
        leases[due] = leased


def hand_out(leases: Sequence[DueInvoice], *, due_invoices: DueInvoices, queue: DueQueue, now: datetime) -> int:
    """Send what was leased by then; returns how many the queue refused: they are due again soon."""
    refused = queue.hand_out(leases, now)
    for one in refused:
        due_invoices.postpone(one, now + REFUSED_FOR)
    return len(refused)
