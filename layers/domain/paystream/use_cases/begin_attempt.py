"""Begin a new attempt to collect an invoice after one that failed (rules 3 and 9 of docs/architecture.md).

The attempt before is closed first. The new one is on record, with its payment, before anything is sent: so an item that
is put anew finds it, and no key is ever used that nobody knows of.
"""

from dataclasses import replace
from datetime import datetime

from paystream.errors import NotFoundError, VersionConflictError
from paystream.lago.invoice_notifications import collection_refused, settlement_notifications
from paystream.model.customer import Customer
from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice
from paystream.model.moves import move, postpone
from paystream.model.notification import WebhookType
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.payment_method import Wallet
from paystream.model.schedule import look_again_at, look_at_ended_again_at
from paystream.model.settlement import Settlement
from paystream.model.standing import Stage, WaitingFor
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.use_cases.ask_stripe import Payer
from paystream.use_cases.begin_link import begin_link
from paystream.use_cases.close_attempt import close_attempt
from paystream.use_cases.collect_invoice import new_payment, payer_of
from paystream.use_cases.find_integration import integration_for_new
from paystream.use_cases.find_payment_method import find_payment_method
from paystream.use_cases.refused_key import stripe_asked

NO_SUCH_METHOD = "payment_method_not_found"
NOT_CONNECTED = "payment_provider_not_connected"
CANNOT_PAY = {
    WaitingFor.PAYMENT_METHOD: "customer_must_have_payment_method",
    WaitingFor.PROVIDER_CUSTOMER: "customer_must_have_payment_provider",
    WaitingFor.INTEGRATION: "customer_must_have_payment_provider",
    WaitingFor.CUSTOMER: "customer_must_have_payment_provider",
}
"""Why nothing can be collected; the second is Lago's word."""


def follow_up(invoice: Invoice, *, stores: Stores, gateways: Gateways, now: datetime) -> Invoice:
    """Do what is due about an invoice that is not open: close its last attempt, and begin the next one if it is time,
    or if the customer has another payment method by now; else a payment link, if one is to follow.

    Returns the invoice as it is then: open if a new attempt has begun, by whomever. If the account is not connected any
    more, nothing more is done. Raises what else `close_attempt` raises, and VersionConflictError.
    """
    payment = last_payment(invoice, stores)
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    if customer and payment and payment.is_to_be_closed:
        try:
            invoice, is_closed = close_attempt(invoice, payment, customer, stores=stores, gateways=gateways, now=now)
        except NotFoundError:
            return _give_up(invoice, NOT_CONNECTED, stores, now)
        if not is_closed or invoice.attempt > payment.attempt:
            return invoice
        payment = last_payment(invoice, stores)
    if invoice.is_open:
        return invoice
    retry_at = invoice.next_retry_at
    if customer and _may_have_another_method(invoice, customer):
        customer = find_payment_method(customer, stores=stores, gateways=gateways, now=now)
    has_another_method = customer is not None and invoice.is_to_be_collected_with(customer.pays_with)
    if has_another_method or (retry_at and retry_at <= now):
        return _begin(invoice, customer, payment, stores=stores, gateways=gateways, now=now)
    if invoice.stage is Stage.LINK_DUE:
        return _begin_link(invoice, customer, stores, now)
    return stores.invoices.save(postpone(invoice, retry_at or look_at_ended_again_at(invoice, now), now=now))


def _may_have_another_method(invoice: Invoice, customer: Customer) -> bool:
    """Whether Stripe is to be asked: all that is known was charged in vain, and none was chosen."""
    is_waiting = invoice.waiting_for is WaitingFor.ANOTHER_PAYMENT_METHOD and invoice.chosen_payment_method_id is None
    needs_one = is_waiting and not customer.pays_by_bank_transfer
    return needs_one and not invoice.is_to_be_collected_with(customer.pays_with)


def last_payment(invoice: Invoice, stores: Stores) -> Payment | None:
    """The payment of the last attempt, if that is on record."""
    last = payment_id(invoice.organization_id, invoice.lago_id, max(invoice.attempt, 1))
    return stores.payments.get(invoice.organization_id, last)


def _begin(
    invoice: Invoice,
    customer: Customer | None,
    before: Payment | None,
    *,
    stores: Stores,
    gateways: Gateways,
    now: datetime,
) -> Invoice:
    """The next attempt is on record. One that was never sent, or whose outcome is not known, goes on instead."""
    owed = replace(invoice, chosen_payment_method_id=None)
    if before is None or before.payment_status is PayableStatus.PENDING:
        return stores.invoices.save(move(owed, Stage.IN_FLIGHT, due_at=look_again_at(owed, now), now=now))
    try:
        payer = _payer(invoice, customer, before, stores=stores, gateways=gateways, now=now)
    except NotFoundError:
        return _give_up(invoice, NO_SUCH_METHOD, stores, now)
    if isinstance(payer, WaitingFor):
        return _give_up(invoice, CANNOT_PAY[payer], stores, now)
    attempted = replace(owed, attempt=invoice.attempt + 1, attempt_started_at=now)
    settlement = Settlement(
        move(attempted, Stage.IN_FLIGHT, due_at=look_again_at(attempted, now), now=now),
        new_payment(attempted, payer, attempted.attempt, now),
        (WebhookType.INVOICE_PAYMENT_STATUS_UPDATED,),
    )
    return stores.invoices.settle(settlement, settlement_notifications(settlement, customer or payer.customer, now))


def _begin_link(invoice: Invoice, customer: Customer | None, stores: Stores, now: datetime) -> Invoice:
    """The page takes whatever the customer pays with: no saved method is needed."""
    payer = payer_of(customer, None, stores, needs_method=False)
    if isinstance(payer, WaitingFor):
        return _give_up(invoice, CANNOT_PAY[payer], stores, now)
    begun, _ = begin_link(invoice, payer, follows_failure=True, stores=stores, now=now)
    return begun


def _payer(
    invoice: Invoice,
    customer: Customer | None,
    before: Payment,
    *,
    stores: Stores,
    gateways: Gateways,
    now: datetime,
) -> Payer | WaitingFor:
    """Who pays, with the method that was chosen or planned, if one was. Raises NotFoundError if the customer has the
    chosen one no more, or pays by bank transfer, with no method at all.
    """
    chosen = invoice.chosen_payment_method_id
    if customer is None or chosen is None:
        return payer_of(_with_planned_method(invoice, customer, before, stores), None, stores)
    if customer.pays_by_bank_transfer:
        raise NotFoundError("payment_method")
    payer = payer_of(replace(customer, payment_method_id=chosen), None, stores)
    if isinstance(payer, WaitingFor):
        return payer
    with stripe_asked(payer.integration, "payment_method.list", stores=stores, gateways=gateways, now=now) as gateway:
        methods = gateway.payment_methods(str(customer.provider_customer_id))
    method = Wallet(customer, payer.integration, methods).method(chosen)
    return replace(payer, customer=replace(customer, payment_method_id=method.id))


def _with_planned_method(
    invoice: Invoice, customer: Customer | None, before: Payment, stores: Stores
) -> Customer | None:
    """The plan is for the method that was charged in vain, as long as the customer at Stripe is the same and has any;
    what was never tried goes before it.
    """
    planned = invoice.standing.planned_payment_method_id
    if customer is None or planned is None or customer.payment_method_id is None or customer.pays_by_bank_transfer:
        return customer
    integration = integration_for_new(customer, stores)
    is_same_account = integration is not None and integration.leads_to(before)
    is_same = is_same_account and customer.provider_customer_id == before.provider_customer_id
    has_another = invoice.is_to_be_collected_with(customer.pays_with)
    return replace(customer, payment_method_id=planned) if is_same and not has_another else customer


def _give_up(invoice: Invoice, code: str, stores: Stores, now: datetime) -> Invoice:
    """It stays as it is, no attempt follows by itself, and who waits for one is told."""
    given_up = _with_no_plan(replace(invoice, chosen_payment_method_id=None), now)
    is_awaited = invoice.stage in (Stage.RETRY_PLANNED, Stage.LINK_DUE)
    told = (collection_refused(given_up, code, now),) if is_awaited else ()
    try:
        return stores.invoices.save(given_up, told)
    except VersionConflictError:
        return stores.invoices.get(invoice.organization_id, invoice.lago_id) or invoice


def _with_no_plan(invoice: Invoice, now: datetime) -> Invoice:
    due_at = look_at_ended_again_at(invoice, now)
    if not invoice.is_owed:
        return postpone(invoice, due_at, now=now)
    is_waiting = invoice.waiting_for is WaitingFor.ANOTHER_PAYMENT_METHOD
    stage = Stage.WAITS_FOR_ANOTHER_METHOD if is_waiting else Stage.GIVEN_UP
    return move(invoice, stage, waiting_for=invoice.waiting_for, due_at=due_at, now=now)
