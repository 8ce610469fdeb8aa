"""An integration was connected: let all that waits for its key be due. The schedule hands it out at its own pace."""

from collections.abc import Callable
from datetime import datetime

from paystream.ports.messages import CollectionQueue
from paystream.ports.stores import DueInvoices

_PAGE = 100


def resume_collection(
    organization_id: str,
    integration_id: str,
    *,
    cursor: str | None,
    due_invoices: DueInvoices,
    queue: CollectionQueue,
    clock: Callable[[], datetime],
    time_is_left: Callable[[], bool],
) -> int:
    """Let the invoices that wait for the integration's key be due now, from this cursor on; returns how many there
    were.

    When no time is left for one more page, the rest is queued again. Safe to repeat: what is due stays due, and what
    waits no more is left alone.
    """
    found = 0
    while time_is_left():
        page = due_invoices.paused(organization_id, integration_id, limit=_PAGE, cursor=cursor)
        for lago_id in page.records:
            due_invoices.make_due(organization_id, lago_id, integration_id=integration_id, at=clock())
        found += len(page.records)
        cursor = page.next_cursor
        if cursor is None:
            return found
    queue.resume_collection(organization_id, integration_id, cursor=cursor)
    return found
