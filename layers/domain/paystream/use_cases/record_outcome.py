"""Write down what Stripe said of a payment, whoever heard it: the one that collects or the one that gets the event."""

from datetime import datetime

from paystream.errors import NotFoundError, VersionConflictError
from paystream.lago.invoice_notifications import settlement_notifications
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.refund import with_refund_of_second_payment
from paystream.model.settlement import FollowUp, Settlement, settle
from paystream.model.standing import PaymentStatus
from paystream.ports.stores import Stores
from paystream.use_cases.find_integration import integration_for_new, integration_of

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
    """What the state machine decides; of a failure, and of a second payment, by the settings of this moment."""
    if outcome.status is not PayableStatus.FAILED:
        settlement = settle(invoice, payment, outcome, now=now)
        is_second = invoice.payment_status is PaymentStatus.SUCCEEDED and outcome.status is PayableStatus.SUCCEEDED
        if settlement and is_second and _goes_back(payment, stores):
            return with_refund_of_second_payment(invoice, settlement, now)
        return settlement
    return settle(invoice, payment, outcome, follow_up=_follow_up(invoice, payment, outcome, stores), now=now)


def _follow_up(invoice: Invoice, payment: Payment, outcome: Outcome, stores: Stores) -> FollowUp:
    """By the settings of the account that was charged in vain; nothing follows by itself through one that is not
    connected.
    """
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    default = _default_payment_method_id(outcome.payment_method_id or payment.pays_with, customer, stores)
    integration = integration_of(payment.organization_id, payment, stores)
    if integration and integration.disconnecting_since and customer:
        by_now = integration_for_new(customer, stores)
        integration = by_now if by_now and by_now.leads_to(payment) else None
    if integration is None:
        return FollowUp(default_payment_method_id=default)
    return FollowUp(
        retry_schedule_days=integration.retry_schedule_days,
        authentication_links=integration.authentication_links,
        default_payment_method_id=default,
    )


def _goes_back(payment: Payment, stores: Stores) -> bool:
    """Whether what is paid a second time is refunded by itself."""
    integration = integration_of(payment.organization_id, payment, stores)
    return integration is not None and integration.refund_second_payments


def _default_payment_method_id(charged: str | None, customer: Customer | None, stores: Stores) -> str | None:
    """What would be charged now; None if nothing would: another method than the one that failed needs an account."""
    if customer is None or customer.pays_with in (None, charged):
        return customer.pays_with if customer else None
    return customer.pays_with if integration_for_new(customer, stores) else None


def refuse_if_forgotten(invoice: Invoice, payment: Payment) -> None:
    """Raises VersionConflictError while an invoice whose item was put into the table anew has not got its state back:
    repeat it. What is written before would be counted twice, or not at all.
    """
    if payment.attempt > invoice.attempt:
        raise VersionConflictError("the invoice was put into the table anew, and its state is not back yet")


def read_invoice(stores: Stores, organization_id: str, invoice_id: str) -> Invoice:
    """The invoice as it is now. Raises NotFoundError."""
    invoice = stores.invoices.get(organization_id, invoice_id)
    if invoice is None:
        raise NotFoundError("invoice")
    return invoice
