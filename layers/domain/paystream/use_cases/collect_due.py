"""Hand out the invoices that are to be looked at again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from paystream.ports import DueInvoices, DueQueue

LEASE = timedelta(minutes=20)
"""A message that is lost, or the function that lost it, is made good after this time."""

REFUSED_FOR = timedelta(minutes=1)
"""What the queue did not take is handed out by the next run."""

_PAGE = 100
_AT_ONCE = 10
"""What a crash between a lease and its message delays, at most."""


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What became of one page of a shard."""

    invoices: int
    refused: int
    has_more: bool


def collect_due(
    shard: str, *, until: datetime, due_invoices: DueInvoices, queue: DueQueue, clock: Callable[[], datetime]
) -> HandedOut:
    """Hand out a page of what was due by then in a shard, oldest first.

    Each invoice is put off before it is handed out, on the condition that it is still due: of two schedulers at once
    only one hands it out, and what is handed out comes up again if nothing comes of it. Repeat it with the same `until`
    while there is more.
    """
    page = due_invoices.oldest(shard, until=until, limit=_PAGE)
    handed_out = refused = 0
    for start in range(0, len(page), _AT_ONCE):
        now = clock()
        leases = [due_invoices.put_off(due, now + LEASE) for due in page[start : start + _AT_ONCE]]
        ours = [lease for lease in leases if lease]
        not_taken = queue.hand_out(ours, now) if ours else ()
        for lease in not_taken:
            due_invoices.put_off(lease, now + REFUSED_FOR)
        handed_out += len(ours) - len(not_taken)
        refused += len(not_taken)
    return HandedOut(handed_out, refused, has_more=len(page) == _PAGE)
