"""Lead a customer to a page of Stripe on which an invoice is paid."""

import contextlib
from datetime import datetime

from paystream.errors import InvalidInputError, NotFoundError, TooEarlyError, VersionConflictError
from paystream.model.case import Payer
from paystream.model.customer import MOST_FORMER_LINKS, Customer
from paystream.model.invoice import Invoice
from paystream.model.outcome import PayableStatus
from paystream.model.pauses import CREATE_PAGE
from paystream.model.payment import Payment, PaymentLink
from paystream.model.received import settles
from paystream.model.schedule import LONGEST_REQUEST
from paystream.model.standing import InvoiceStatus, PaymentStatus
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.connected import integration_for_new, integration_of
from paystream.steps.accounts.refused_key import refuse_if_paused
from paystream.steps.attempts.close_attempt import close_attempt
from paystream.steps.attempts.read_invoice import read_invoice
from paystream.steps.attempts.read_payments import last_payment
from paystream.steps.attempts.record_outcome import record_outcome
from paystream.steps.attempts.restore_invoice import restored
from paystream.steps.look_ups.recover_lost_attempt import recover_lost_attempt
from paystream.steps.pages.begin_payment_link import begin_payment_link
from paystream.steps.pages.payment_link import make_page
from paystream.use_cases.customers.create_provider_customer import resume_creation
from paystream.use_cases.invoices.being_collected import being_collected, refuse_if_being_collected

_TRIES = 3


def link_to_pay(
    organization_id: str, lago_id: str, *, stores: Stores, gateways: Gateways, now: datetime
) -> tuple[Payment, Payer, str]:
    """The payment, who pays, and the page's URL. A page that is open is answered with again.

    The payment link is a new attempt: the one before is closed first, and nothing is charged while it is open. Raises
    NotFoundError; InvalidInputError if nothing is owed, nobody is linked to Stripe or Stripe makes no such page;
    NotAllowedError while the invoice is being collected, NeedsAttentionError, and what asking Stripe raises.
    """
    for _ in range(_TRIES):
        with contextlib.suppress(VersionConflictError):
            invoice = restored(read_invoice(stores, organization_id, lago_id), stores=stores, now=now)
            found = _link(invoice, stores=stores, gateways=gateways, now=now)
            if found:
                return found
    raise being_collected()


def _link(invoice: Invoice, *, stores: Stores, gateways: Gateways, now: datetime) -> tuple[Payment, Payer, str] | None:
    """None if all is to be decided again: something has come to its end meanwhile."""
    _refuse_if_not_owed(invoice)
    payer = _payer(invoice, stores, gateways, now)
    payment = last_payment(invoice, stores)
    refuse_if_being_collected(invoice, payment, stores, now)
    is_new = payment is None or not payment.is_open_payment_link
    if payment is None or is_new:
        ended = _ended(invoice, payment, payer, stores=stores, gateways=gateways, now=now)
        if ended is None:
            return None
        invoice, payment = begin_payment_link(ended, payer, is_first=payment is None, stores=stores, now=now)
    url = _page(invoice, payment, payer, is_new=is_new, stores=stores, gateways=gateways, now=now)
    return (payment, payer, url) if url else None


def _refuse_if_not_owed(invoice: Invoice) -> None:
    is_owed = invoice.status is InvoiceStatus.FINALIZED and invoice.problem is None and not invoice.self_billed
    is_paid = invoice.payment_status is PaymentStatus.SUCCEEDED or invoice.total_due_amount_cents == 0
    if not is_owed or is_paid:
        raise InvalidInputError({"base": ["invalid_invoice_status_or_payment_status"]})


def _payer(invoice: Invoice, stores: Stores, gateways: Gateways, now: datetime) -> Payer:
    """Lago's code for each thing that is missing."""
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    if customer is None or customer.deleted_at or customer.payment_provider_code is None:
        raise InvalidInputError({"base": ["no_linked_payment_provider"]})
    if customer.is_partner:
        raise InvalidInputError({"base": ["invalid_invoice_status_or_payment_status"]})
    if customer.creation:
        customer = resume_creation(customer, stores=stores, gateways=gateways, now=now)
    integration = integration_for_new(customer, stores)
    if integration is None:
        raise InvalidInputError({"base": ["missing_payment_provider"]})
    if customer.provider_customer_id is None:
        raise InvalidInputError({"base": ["missing_payment_provider_customer"]})
    refuse_if_paused(integration, CREATE_PAGE, types=customer.provider_payment_methods, now=now)
    return Payer(customer, integration)


def _ended(
    invoice: Invoice, before: Payment | None, payer: Payer, *, stores: Stores, gateways: Gateways, now: datetime
) -> Invoice | None:
    """The invoice of whose last attempt nothing can come any more; None if something did, which is recorded, or if
    another one has begun meanwhile.

    Of the first one there may be no record although it was sent, in an account, even, that shares no idempotency key.
    """
    if before is None:
        return _with_nothing_sent(invoice, payer.customer, stores=stores, gateways=gateways, now=now)
    if not (before.payment_status is PayableStatus.FAILED or before.requires_action) or not invoice.attempt:
        raise being_collected()
    try:
        closed, is_closed = close_attempt(invoice, before, payer.customer, stores=stores, gateways=gateways, now=now)
    except NotFoundError:
        raise InvalidInputError({"base": ["missing_payment_provider"]}) from None
    except TooEarlyError:
        raise being_collected() from None
    is_as_it_was = (closed.attempt, closed.status, closed.payment_status) == (
        before.attempt,
        InvoiceStatus.FINALIZED,
        PaymentStatus.FAILED,
    )
    return closed if is_closed and is_as_it_was else None


def _with_nothing_sent(
    invoice: Invoice, customer: Customer, *, stores: Stores, gateways: Gateways, now: datetime
) -> Invoice | None:
    """The invoice, unless its first attempt was sent after all: then its outcome is recorded."""
    _refuse_if_sent_elsewhere(invoice, customer, stores, now)
    unrecorded = recover_lost_attempt(invoice, customer, stores=stores, gateways=gateways, now=now)
    if unrecorded:
        payment, outcome, payer = unrecorded
        record_outcome(invoice, payment, outcome, customer=payer, stores=stores, now=now)
    return None if unrecorded else invoice


def _refuse_if_sent_elsewhere(invoice: Invoice, customer: Customer, stores: Stores, now: datetime) -> None:
    """Where the customer was linked before, the first attempt may be under way, or be known to nobody who is connected.

    Raises NotAllowedError.
    """
    since = (invoice.attempt_started_at or invoice.created_at) - LONGEST_REQUEST
    links = [link for link in customer.former_links if link.until >= since]
    for link in links:
        is_connected = integration_of(invoice.organization_id, link, stores) is not None
        if now < link.until + LONGEST_REQUEST or not is_connected:
            raise being_collected()
    if len(links) >= MOST_FORMER_LINKS:
        raise being_collected()


def _page(
    invoice: Invoice, payment: Payment, payer: Payer, *, is_new: bool, stores: Stores, gateways: Gateways, now: datetime
) -> str | None:
    """The URL of the page; None if it has ended. One that was sent elsewhere is another customer's by now."""
    link = payment.link or PaymentLink()
    if payment.is_superseded:
        raise being_collected()
    is_payers = payment.provider_customer_id == payer.customer.provider_customer_id
    if not (is_payers and payer.integration.leads_to(payment) and settles(invoice, payment)):
        raise being_collected()
    if link.url and link.expires_at and now < link.expires_at:
        return link.url
    seen = make_page(invoice, payment, payer, is_new=is_new, stores=stores, gateways=gateways, now=now)
    return _url_of(last_payment(seen, stores))


def _url_of(made: Payment | None) -> str | None:
    if made and made.payment_status is PayableStatus.FAILED and made.status == "failed":
        raise InvalidInputError({"base": ["payment_provider_error"]})
    return made.link.url if made and made.is_open_payment_link and made.link else None
