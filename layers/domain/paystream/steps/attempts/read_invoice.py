"""Read an invoice that must be there."""

from paystream.errors import NotFoundError, VersionConflictError
from paystream.model.invoice import Invoice
from paystream.model.payment import Payment
from paystream.ports.stores import Stores


def refuse_if_forgotten(invoice: Invoice, payment: Payment) -> None:
    """Raises VersionConflictError while an invoice whose item was replaced has not got its state back:
    repeat it. What is written before would be counted twice, or not at all.
    """
    if payment.attempt > invoice.attempt:
        raise VersionConflictError("the invoice's item was replaced, and its state is not back yet")


def read_invoice(stores: Stores, organization_id: str, invoice_id: str) -> Invoice:
    """The invoice as it is now. Raises NotFoundError."""
    invoice = stores.invoices.get(organization_id, invoice_id)
    if invoice is None:
        raise NotFoundError("invoice")
    return invoice
