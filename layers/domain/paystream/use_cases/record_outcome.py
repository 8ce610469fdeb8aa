"""Write down what Stripe said of a payment, whoever heard it: the one that collects or the one that gets the event."""

from datetime import datetime

from paystream.errors import NotFoundError, VersionConflictError
from paystream.lago.invoice_notifications import settlement_notifications
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.settlement import Settlement, settle
from paystream.ports.stores import Stores

_TRIES = 5


def record_outcome(
    invoice: Invoice, payment: Payment, outcome: Outcome, *, customer: Customer, stores: Stores, now: datetime
) -> Invoice:
    """Settle invoice, payment and notifications in one transaction; safe to repeat, in any order.

    If somebody else wrote in between, both are read again and the state machine decides again. Raises
    VersionConflictError when that goes on, or when another intent has become this payment meanwhile, NotFoundError if
    the invoice is gone.
    """
    for _ in range(_TRIES):
        settlement = decide(invoice, payment, outcome, stores=stores, now=now)
        if settlement is None:
            return invoice
        try:
            return stores.invoices.settle(settlement, settlement_notifications(settlement, customer, now))
        except VersionConflictError:
            invoice = read_invoice(stores, invoice.organization_id, invoice.lago_id)
            payment = stores.payments.get(payment.organization_id, payment.lago_id) or payment
            if payment.provider_payment_id not in (None, outcome.intent_id):
                raise
    raise VersionConflictError(f"invoice {invoice.lago_id} keeps changing; try again")


def decide(invoice: Invoice, payment: Payment, outcome: Outcome, *, stores: Stores, now: datetime) -> Settlement | None:
    """What the state machine decides; of a failure, by the settings and the customer's default of this moment."""
    if outcome.status is not PayableStatus.FAILED:
        return settle(invoice, payment, outcome, now=now)
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    return settle(
        invoice,
        payment,
        outcome,
        retry_schedule_days=_retry_schedule_days(payment, stores),
        default_payment_method_id=customer.pays_with if customer else None,
        now=now,
    )


def _retry_schedule_days(payment: Payment, stores: Stores) -> tuple[int, ...]:
    """That of the account that was charged in vain; nothing is retried through one that is not connected."""
    integration = stores.integrations.get(payment.organization_id, payment.payment_provider_code)
    is_connected = integration is not None and integration.lago_id == payment.integration_id
    return integration.retry_schedule_days if integration and is_connected else ()


def read_invoice(stores: Stores, organization_id: str, invoice_id: str) -> Invoice:
    """The invoice as it is now. Raises NotFoundError."""
    invoice = stores.invoices.get(organization_id, invoice_id)
    if invoice is None:
        raise NotFoundError("invoice")
    return invoice
