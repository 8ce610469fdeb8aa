"""When an open invoice is looked at again (rule 7 of docs/architecture.md)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from paystream.model.invoice import Invoice

_PAUSES = (
    (timedelta(minutes=15), timedelta(minutes=5)),
    (timedelta(hours=1), timedelta(minutes=15)),
    (timedelta(hours=6), timedelta(hours=1)),
    (timedelta(days=1), timedelta(hours=6)),
)
"""An invoice that is open for less than the first time is looked at again after the second."""

_LONGEST_PAUSE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class DueInvoice:
    """An open invoice whose time has come; `due_at` is that time as it is stored."""

    organization_id: str
    lago_id: str
    due_at: str


def look_again_at(invoice: Invoice, now: datetime) -> datetime:
    """The longer an invoice is open, the longer the pause. It is open from its creation, or since it was put."""
    opened_at = max(invoice.created_at, invoice.attempt_started_at or invoice.created_at)
    pauses = (pause for younger_than, pause in _PAUSES if now - opened_at < younger_than)
    return now + next(pauses, _LONGEST_PAUSE)
