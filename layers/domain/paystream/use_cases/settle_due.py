"""Look at an open invoice again, because nothing came of it until now: no event, no definite answer, no customer."""

from datetime import datetime

from paystream.errors import (
    KeyRefusedError,
    NeedsAttentionError,
    NotFoundError,
    OutcomeUnknownError,
    TooEarlyError,
)
from paystream.model.customer import Customer
from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice
from paystream.model.moves import resume
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.schedule import AWAITED_IS_LOOKED_AT_AFTER, look_again_at
from paystream.model.standing import Stage, WaitingFor
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.use_cases.begin_attempt import follow_up
from paystream.use_cases.close_attempt import close_attempt
from paystream.use_cases.collect_invoice import collect_now
from paystream.use_cases.create_provider_customer import resume_creation
from paystream.use_cases.find_integration import integration_of
from paystream.use_cases.find_payment_method import find_payment_method
from paystream.use_cases.find_unrecorded import find_unrecorded
from paystream.use_cases.put_off import put_off
from paystream.use_cases.record_outcome import read_invoice, record_outcome
from paystream.use_cases.refused_key import stripe_asked, wait_for_key
from paystream.use_cases.send_refund import look_at_refunds


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
    message is void once the invoice was written after it was handed out. One that finds no turn at Stripe is put off
    for a short time. Raises OutcomeUnknownError, KeyRefusedError and NotFoundError (of a customer's integration) after
    putting the invoice off, VersionConflictError.
    """
    invoice = stores.invoices.get(organization_id, lago_id)
    if invoice is None or not is_to_be_looked_at(invoice, handed_out_at, now):
        return None
    try:
        seen = _look_at_or_wait(invoice, stores, gateways, now)
    except TooEarlyError as early:
        return put_off(invoice, early.try_again_at, stores=stores, now=now)
    except (KeyRefusedError, NotFoundError, OutcomeUnknownError):
        put_off(invoice, _look_again_at(invoice, now), stores=stores, now=now)
        raise
    return put_off(seen, look_again_at(seen, now), stores=stores, now=now) if seen.version == invoice.version else seen


def _look_at_or_wait(invoice: Invoice, stores: Stores, gateways: Gateways, now: datetime) -> Invoice:
    """While an integration is paused, nothing is asked through it, and the invoice waits for its key. One that is not
    open is not found by whoever brings the key, so it looks again soon.
    """
    try:
        return _look_at(invoice, stores, gateways, now)
    except NeedsAttentionError as paused:
        if not invoice.is_open:
            return put_off(invoice, _look_again_at(invoice, now), stores=stores, now=now)
        return wait_for_key(invoice, paused, stores=stores, now=now) or _look_at_or_wait(
            read_invoice(stores, invoice.organization_id, invoice.lago_id), stores, gateways, now
        )


def _look_again_at(invoice: Invoice, now: datetime) -> datetime:
    """Where Stripe gave no answer: soon if money is to go back, or a page is to be made."""
    usual = look_again_at(invoice, now)
    is_awaited = invoice.stage is Stage.LINK_DUE or invoice.refunding_payment_ids
    return min(usual, now + AWAITED_IS_LOOKED_AT_AFTER) if is_awaited else usual


def is_to_be_looked_at(invoice: Invoice, handed_out_at: datetime, now: datetime) -> bool:
    """Whether it is as it was when it was handed out, and nobody is collecting it."""
    return invoice.due_at is not None and invoice.updated_at < handed_out_at and not invoice.is_claimed(now)


def settle_found(invoice: Invoice, payment: Payment, outcome: Outcome, *, stores: Stores, now: datetime) -> Invoice:
    """What `settle_due` does after asking Stripe, for an outcome that is known without asking.

    Raises NotFoundError if there is no customer, VersionConflictError.
    """
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    if customer is None:
        raise NotFoundError("customer")
    seen = _record_answer(invoice, payment, outcome, customer=customer, stores=stores, now=now)
    return put_off(seen, look_again_at(seen, now), stores=stores, now=now) if seen.version == invoice.version else seen


def _look_at(invoice: Invoice, stores: Stores, gateways: Gateways, now: datetime) -> Invoice:
    """An intent that is known is retrieved. Everything else is as if the invoice were new: safe to repeat."""
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    invoice = look_at_refunds(invoice, stores=stores, gateways=gateways, now=now)
    latest = payment_id(invoice.organization_id, invoice.lago_id, max(invoice.attempt, 1))
    payment = stores.payments.get(invoice.organization_id, latest)
    if customer and payment and is_on_its_way(invoice, payment):
        return _look_at_intent(invoice, payment, customer, stores=stores, gateways=gateways, now=now)
    if customer and payment is None:
        recorded = _look_for_first_attempt(invoice, customer, stores=stores, gateways=gateways, now=now)
        if recorded:
            return recorded
    if not invoice.is_open:
        invoice = follow_up(invoice, stores=stores, gateways=gateways, now=now)
    return collect_now(invoice, stores=stores, gateways=gateways, now=now)


def _look_for_first_attempt(
    invoice: Invoice, customer: Customer, *, stores: Stores, gateways: Gateways, now: datetime
) -> Invoice | None:
    """None is on record: it may have been sent all the same, or what it waits for may have come. An invoice that can be
    collected finds its own by being collected. None if there is nothing to be written down.
    """
    if invoice.is_open:
        resume_creation(customer, stores=stores, gateways=gateways, now=now)
    if invoice.waiting_for or not invoice.is_open:
        unrecorded = find_unrecorded(invoice, customer, stores=stores, gateways=gateways, now=now)
        if unrecorded:
            return _record_answer(invoice, *unrecorded, customer=customer, stores=stores, now=now)
    if invoice.waiting_for is WaitingFor.PAYMENT_METHOD and customer.pays_with is None:
        find_payment_method(customer, stores=stores, gateways=gateways, now=now)
    return None


def _look_at_intent(
    invoice: Invoice, payment: Payment, customer: Customer, *, stores: Stores, gateways: Gateways, now: datetime
) -> Invoice:
    """One that gives way is canceled, unless the customer has acted meanwhile, or there is nobody to ask."""
    if payment.requires_action and payment.gives_way:
        try:
            return close_attempt(invoice, payment, customer, stores=stores, gateways=gateways, now=now)[0]
        except NotFoundError:
            return invoice
    outcome = _retrieve(payment, stores, gateways, now)
    if outcome is None:
        return invoice
    return _record_answer(invoice, payment, outcome, customer=customer, stores=stores, now=now)


def _record_answer(
    invoice: Invoice, payment: Payment, outcome: Outcome, *, customer: Customer, stores: Stores, now: datetime
) -> Invoice:
    """Whoever got an answer waits for no key any more, whether it is news or not."""
    return record_outcome(resume(invoice), payment, outcome, customer=customer, stores=stores, now=now)


def is_on_its_way(invoice: Invoice, payment: Payment) -> bool:
    """Not so if the invoice's item was put anew since: it gets its state back first. Nor if it waits for the customer,
    and the invoice is settled otherwise: then it is closed.
    """
    is_to_be_closed = payment.requires_action and not invoice.is_open
    is_latest = payment.attempt == invoice.attempt
    return payment.payment_status is PayableStatus.PROCESSING and is_latest and not is_to_be_closed


def _retrieve(payment: Payment, stores: Stores, gateways: Gateways, now: datetime) -> Outcome | None:
    """None if there is nobody to ask: the account was disconnected."""
    integration = integration_of(payment.organization_id, payment, stores)
    if integration is None:
        return None
    with stripe_asked(integration, "payment_intent.retrieve", stores=stores, gateways=gateways, now=now) as gateway:
        return gateway.payment(str(payment.provider_payment_id))
