"""Look at an open invoice again, because nothing came of it until now: no event, no definite answer, no customer."""

from dataclasses import replace
from datetime import datetime

from paystream.errors import KeyRefusedError, NotFoundError, OutcomeUnknownError, VersionConflictError
from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.schedule import look_again_at
from paystream.ports import Gateways, Stores
from paystream.use_cases.collect_invoice import collect_invoice
from paystream.use_cases.create_provider_customer import resume_creation
from paystream.use_cases.find_unrecorded import find_unrecorded
from paystream.use_cases.record_outcome import record_outcome
from paystream.use_cases.refused_key import refused_key_told


def settle_due(
    organization_id: str,
    lago_id: str,
    *,
    handed_out_at: datetime,
    stores: Stores,
    gateways: Gateways,
    now: datetime,
) -> Invoice | None:
    """Settle the invoice if Stripe knows more, else put it off; None if there is nothing to do, or somebody is at it.

    Nothing is lost with a message: as long as the invoice is open it has a time at which it comes up again. So a
    message is void once the invoice was written after it was handed out. Raises OutcomeUnknownError, KeyRefusedError
    and NotFoundError (of a customer's integration) after putting the invoice off, VersionConflictError.
    """
    invoice = stores.invoices.get(organization_id, lago_id)
    if invoice is None or not invoice.is_open or invoice.updated_at >= handed_out_at:
        return None
    if invoice.claimed_until and now < invoice.claimed_until:
        return None
    try:
        seen = _look_at(invoice, stores, gateways, now)
    except (KeyRefusedError, NotFoundError, OutcomeUnknownError):
        _put_off(invoice, stores, now)
        raise
    return _put_off(invoice, stores, now) if seen.version == invoice.version else seen


def _look_at(invoice: Invoice, stores: Stores, gateways: Gateways, now: datetime) -> Invoice:
    """An intent that is known is retrieved. Everything else is as if the invoice were new: safe to repeat."""
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    latest = payment_id(invoice.organization_id, invoice.lago_id, max(invoice.attempt, 1))
    payment = stores.payments.get(invoice.organization_id, latest)
    if customer and payment and _is_on_its_way(invoice, payment):
        outcome = _retrieve(payment, stores, gateways, now)
        return (
            record_outcome(invoice, payment, outcome, customer=customer, stores=stores, now=now) if outcome else invoice
        )
    if customer and payment is None:
        resume_creation(customer, stores=stores, gateways=gateways, now=now)
    if customer and payment is None and invoice.waiting_for:
        unrecorded = find_unrecorded(invoice, customer, stores=stores, gateways=gateways, now=now)
        if unrecorded:
            return record_outcome(invoice, *unrecorded, customer=customer, stores=stores, now=now)
    return collect_invoice(invoice, stores=stores, gateways=gateways, now=now)


def _is_on_its_way(invoice: Invoice, payment: Payment) -> bool:
    """Not so if the invoice's item was put anew since: it gets its state back first."""
    return payment.payment_status is PayableStatus.PROCESSING and payment.attempt == invoice.attempt


def _retrieve(payment: Payment, stores: Stores, gateways: Gateways, now: datetime) -> Outcome | None:
    """None if there is nobody to ask: the account was disconnected, or became another one."""
    integration = stores.integrations.get(payment.organization_id, payment.payment_provider_code)
    if integration is None or integration.lago_id != payment.integration_id:
        return None
    with refused_key_told(integration, "payment_intent.retrieve", stores=stores, now=now):
        return gateways.of(integration).payment(str(payment.provider_payment_id))


def _put_off(invoice: Invoice, stores: Stores, now: datetime) -> Invoice:
    """Whoever wrote the invoice meanwhile has set its time."""
    try:
        return stores.invoices.save(replace(invoice, due_at=look_again_at(invoice, now), updated_at=now))
    except VersionConflictError:
        return invoice
