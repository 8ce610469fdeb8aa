"""Read what is kept, one organization's at a time: what belongs to another one does not exist."""

from paystream.errors import NotFoundError
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.manual_payment import AnyPayment
from paystream.ports.pages import Count, Page, PageRequest
from paystream.ports.stores import Stores


def find_customer(organization_id: str, external_id: str, *, stores: Stores) -> Customer:
    """Raises NotFoundError, also for one that was deleted."""
    customer = stores.customers.get(organization_id, external_id)
    if customer is None or customer.deleted_at:
        raise NotFoundError("customer")
    return customer


def find_invoice(organization_id: str, lago_id: str, *, stores: Stores) -> tuple[Invoice, Customer | None]:
    """The invoice, and its customer if there is one. Raises NotFoundError."""
    invoice = stores.invoices.get(organization_id, lago_id)
    if invoice is None:
        raise NotFoundError("invoice")
    return invoice, stores.customers.get(organization_id, invoice.external_customer_id)


def find_payment(organization_id: str, lago_id: str, *, stores: Stores) -> AnyPayment:
    """Raises NotFoundError."""
    payment = stores.payments.find(organization_id, lago_id)
    if payment is None:
        raise NotFoundError("payment")
    return payment


def find_payments(
    organization_id: str,
    *,
    invoice_id: str | None,
    external_customer_id: str | None,
    request: PageRequest,
    stores: Stores,
) -> Page[AnyPayment]:
    """An organization's payments, newest first, or a customer's; or all of one invoice, if it is that customer's.

    Raises NotFoundError for an unknown invoice.
    """
    if invoice_id is None:
        return stores.payments.page(organization_id, external_customer_id=external_customer_id, request=request)
    find_invoice(organization_id, invoice_id, stores=stores)
    payments = tuple(
        payment
        for payment in stores.payments.of_invoice(organization_id, invoice_id)
        if external_customer_id in (None, payment.external_customer_id)
    )
    return Page(payments, None, Count(len(payments), is_exact=True) if request.number == 1 else None)
