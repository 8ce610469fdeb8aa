"""Postpone an invoice that is to be looked at again, and nothing else: no try is counted, nothing is notified."""

from datetime import datetime

from paystream.errors import VersionConflictError
from paystream.model import moves
from paystream.model.invoice import Invoice
from paystream.ports.stores import Stores
from paystream.steps.attempts.read_invoice import read_invoice


def postpone(invoice: Invoice, until: datetime, *, stores: Stores, now: datetime) -> Invoice:
    """Let an invoice about which something is to be done come up at that time. What it waited for it still waits for,
    and it is found when that comes.

    A function that wrote it meanwhile has set its time. Raises NotFoundError if it is gone.
    """
    if invoice.due_at is None:
        return invoice
    try:
        return stores.invoices.save(moves.postpone(invoice, until, now=now))
    except VersionConflictError:
        return read_invoice(stores, invoice.organization_id, invoice.lago_id)
