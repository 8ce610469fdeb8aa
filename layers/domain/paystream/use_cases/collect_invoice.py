"""Collect an invoice: one payment intent, created and confirmed off session.

Nothing is written before Stripe is called. The payment's id, which is the idempotency key, follows from the invoice
and the attempt, so whoever repeats this after a crash repeats the same request (rule 3 of docs/architecture.md).
"""

from dataclasses import replace
from datetime import datetime

from paystream.errors import NeedsAttentionError, TooEarlyError, VersionConflictError
from paystream.lago.invoice_notifications import (
    payment_method_missing,
    payment_status_updated,
)
from paystream.model.bank_transfer import bank_transfer_of
from paystream.model.customer import Customer
from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice
from paystream.model.moves import move
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.schedule import look_again_at, look_at_last_attempt_at
from paystream.model.standing import Stage, WaitingFor
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.use_cases.ask_stripe import Payer, ask_stripe
from paystream.use_cases.find_integration import integration_for_new, integration_of
from paystream.use_cases.payment_link import look_at_link
from paystream.use_cases.put_off import put_off
from paystream.use_cases.record_outcome import read_invoice, record_outcome
from paystream.use_cases.refused_amount import refused_amount
from paystream.use_cases.refused_key import wait_for_key
from paystream.use_cases.refused_transfer import refused_transfer
from paystream.use_cases.restore_invoice import restore_invoice, with_declines_known


def collect_invoice(invoice: Invoice, *, stores: Stores, gateways: Gateways, now: datetime) -> Invoice:
    """Collect an open invoice once; safe to repeat, at once or after days. Returns the invoice as it is then.

    `invoice.attempt_started_at` must be set: the earliest time at which this attempt's key can have been used. Raises
    OutcomeUnknownError when Stripe's answer is not known, KeyRefusedError when the key was refused that was replaced
    just now: repeat it. While an integration is paused the invoice waits for its key. One that finds no turn at Stripe
    is put off, and comes up again by itself.
    """
    try:
        return collect_now(invoice, stores=stores, gateways=gateways, now=now)
    except TooEarlyError as early:
        return put_off(invoice, early.try_again_at, stores=stores, now=now)


def collect_now(invoice: Invoice, *, stores: Stores, gateways: Gateways, now: datetime) -> Invoice:
    """The same, for those who have more to put off than this invoice. Raises TooEarlyError besides."""
    if not invoice.is_open:
        return invoice
    stored = _attempt_on_record(invoice, stores)
    if invoice.total_due_amount_cents == 0 and not _is_paid_but_forgotten(invoice, stored):
        return _close_without_payment(invoice, stored, stores, now)
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    if customer and stored and stored.payment_status is not PayableStatus.PENDING:
        return restore_invoice(stored, customer, stores=stores, now=now)
    payer = payer_of(customer, stored, stores)
    if isinstance(payer, WaitingFor):
        return _wait(invoice, payer, stored, stores=stores, gateways=gateways, now=now)
    payment = stored or new_payment(invoice, payer, max(invoice.attempt, 1), now)
    try:
        return _go_on(invoice, payment, payer, stores=stores, gateways=gateways, now=now)
    except NeedsAttentionError as paused:
        return wait_for_key(invoice, paused, stores=stores, now=now) or collect_now(
            read_invoice(stores, invoice.organization_id, invoice.lago_id), stores=stores, gateways=gateways, now=now
        )


def _go_on(
    invoice: Invoice, payment: Payment, payer: Payer, *, stores: Stores, gateways: Gateways, now: datetime
) -> Invoice:
    """With the attempt: a charge is sent, or looked up; while a link is open nothing is charged."""
    if payment.is_open_link:
        known = with_declines_known(invoice, payment, stores) if invoice.attempt < payment.attempt else invoice
        return look_at_link(known, payment, payer, stores=stores, gateways=gateways, now=now)
    outcome = refused_amount(invoice, payment, payer.integration, now) or refused_transfer(invoice, payment, now)
    if outcome is None:
        payment, outcome = ask_stripe(invoice, payment, payer, stores=stores, gateways=gateways, now=now)
    return record_outcome(invoice, payment, outcome, customer=payer.customer, stores=stores, now=now)


def _attempt_on_record(invoice: Invoice, stores: Stores) -> Payment | None:
    """The payment of the latest attempt, if it is on record.

    An item that was put anew does not know how many attempts there were. The first one may not be on record, each later
    one is from its beginning: so they are there without a gap.
    """
    organization_id, attempt = invoice.organization_id, max(invoice.attempt, 1)
    stored = following = stores.payments.get(organization_id, payment_id(organization_id, invoice.lago_id, attempt))
    while following and not invoice.attempt:
        stored = following
        following_id = payment_id(organization_id, invoice.lago_id, stored.attempt + 1)
        following = stores.payments.get(organization_id, following_id)
    return stored


def _is_paid_but_forgotten(invoice: Invoice, stored: Payment | None) -> bool:
    """Whether its item was put anew after this attempt had succeeded."""
    if stored is None or stored.attempt <= invoice.attempt:
        return False
    return stored.payment_status is PayableStatus.SUCCEEDED


def payer_of(
    customer: Customer | None, stored: Payment | None, stores: Stores, *, needs_method: bool = True
) -> Payer | WaitingFor:
    """Who pays, or what is missing; `needs_method` is for a charge.

    An attempt that was begun keeps its account, its customer at Stripe and its method: it waits for none of them, and
    goes on under whatever code its account is connected. A bank transfer needs no method.
    """
    if customer is None:
        return WaitingFor.CUSTOMER
    if stored:
        followed = integration_of(customer.organization_id, stored, stores)
        return Payer(customer, followed) if followed else WaitingFor.INTEGRATION
    integration = integration_for_new(customer, stores)
    if integration is None:
        return WaitingFor.INTEGRATION
    if customer.provider_customer_id is None:
        return WaitingFor.PROVIDER_CUSTOMER
    if needs_method and customer.pays_with is None:
        return WaitingFor.PAYMENT_METHOD
    return Payer(customer, integration)


def _wait(
    invoice: Invoice, reason: WaitingFor, stored: Payment | None, *, stores: Stores, gateways: Gateways, now: datetime
) -> Invoice:
    """Remember what is missing before looking once more, so that whoever brings it finds the invoice waiting.

    If it came in between, or somebody else wrote, all is decided again.
    """
    if invoice.waiting_for is reason:
        return invoice
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    missing = reason is WaitingFor.PAYMENT_METHOD and customer is not None
    told = (payment_method_missing(invoice, customer, now),) if missing and customer else ()
    waiting = move(invoice, Stage.WAITING, waiting_for=reason, due_at=look_again_at(invoice, now), now=now)
    try:
        waiting = stores.invoices.save(waiting, told)
    except VersionConflictError:
        waiting = read_invoice(stores, invoice.organization_id, invoice.lago_id)
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    if waiting.waiting_for is reason and isinstance(payer_of(customer, stored, stores), WaitingFor):
        return waiting
    return collect_now(waiting, stores=stores, gateways=gateways, now=now)


def _close_without_payment(invoice: Invoice, stored: Payment | None, stores: Stores, now: datetime) -> Invoice:
    """An attempt of which something may come all the same is closed by who looks at what is due."""
    last = look_at_last_attempt_at(stored, now) if stored or invoice.total_paid_amount_cents else None
    attempt = max(invoice.attempt, stored.attempt) if stored else invoice.attempt
    due_at = now if invoice.refunding_payment_ids else last
    paid = move(replace(invoice, attempt=attempt), Stage.PAID, due_at=due_at, now=now)
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    try:
        return stores.invoices.save(paid, (payment_status_updated(paid, customer, now, cause="nothing-due"),))
    except VersionConflictError:
        return read_invoice(stores, invoice.organization_id, invoice.lago_id)


def new_payment(invoice: Invoice, payer: Payer, attempt: int, now: datetime) -> Payment:
    """The payment of an attempt that is not on record yet."""
    return Payment(
        organization_id=invoice.organization_id,
        lago_id=payment_id(invoice.organization_id, invoice.lago_id, attempt),
        invoice_id=invoice.lago_id,
        invoice_number=invoice.number,
        attempt=attempt,
        external_customer_id=invoice.external_customer_id,
        lago_customer_id=payer.customer.lago_id,
        payment_provider_code=payer.integration.code,
        integration_id=payer.integration.lago_id,
        account_key=payer.integration.account_key,
        provider_customer_id=str(payer.customer.provider_customer_id),
        amount_cents=invoice.total_due_amount_cents,
        currency=invoice.currency,
        payment_method_id=None if payer.customer.pays_by_bank_transfer else payer.customer.payment_method_id,
        bank_transfer=bank_transfer_of(payer.customer, invoice.currency),
        on_session=payer.customer.must_be_there,
        created_at=now,
        updated_at=now,
    )
