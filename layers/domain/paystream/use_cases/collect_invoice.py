"""Collect an invoice: one payment intent, created and confirmed off session.

Nothing is written before Stripe is called. The payment's id, which is the idempotency key, follows from the invoice
and the attempt, so whoever repeats this after a crash repeats the same request. Stripe forgets a key after 24 hours;
from 23 hours on the payment is looked up at Stripe before anything is sent (rules 3 and 4 of docs/architecture.md).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from paystream.errors import KeyRefusedError, OutcomeUnknownError, ParametersChangedError, VersionConflictError
from paystream.lago.envelopes import payment_method_missing, payment_provider_error, payment_status_updated
from paystream.model.customer import Customer
from paystream.model.identifiers import payment_id
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice, PaymentStatus, WaitingFor
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.settlement import Settlement
from paystream.ports import Gateways, PaymentGateway, PaymentRequest, Stores
from paystream.use_cases.record_outcome import read_invoice, record_outcome

KEY_IS_SAFE_FOR = timedelta(hours=23)
"""Stripe keeps a key for at least 24 hours (https://docs.stripe.com/api/idempotent_requests); no function runs for
one.
"""

LOOK_UP_AFTER_TRIES = 3
"""A saved 500 replays under its key for as long as the key lives, so sending again would never learn more."""

NOWHERE = "https://stripe.com/"
"""Where a customer would be led back to if nobody said where: Stripe wants some URL, and this is Lago's."""

LOOK_AGAIN_AFTER = timedelta(hours=1)
UNKNOWN_LOOK_AGAIN_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class _Payer:
    """Who pays through which account."""

    customer: Customer
    integration: Integration


def collect_invoice(invoice: Invoice, *, stores: Stores, gateways: Gateways, now: datetime) -> Invoice:
    """Collect an open invoice once; safe to repeat, at once or after days. Returns the invoice as it is then.

    `invoice.attempt_started_at` must be set: the earliest time at which this attempt's key can have been used. Raises
    OutcomeUnknownError when Stripe's answer is not known: repeat it. Raises KeyRefusedError when the operator has to
    act.
    """
    if invoice.payment_status is not PaymentStatus.PENDING or invoice.problem:
        return invoice
    if invoice.total_due_amount_cents == 0:
        return _close_without_payment(invoice, stores, now)
    attempt = max(invoice.attempt, 1)
    stored = stores.payments.get(invoice.organization_id, payment_id(invoice.organization_id, invoice.lago_id, attempt))
    payer = _payer(invoice, stored, stores)
    if isinstance(payer, WaitingFor):
        invoice = _wait(invoice, payer, stores, now)
        payer = _payer(invoice, stored, stores)
        if isinstance(payer, WaitingFor):
            return invoice
    if stored and stored.payment_status is not PayableStatus.PENDING:
        return _restore(stored, payer.customer, stores, now)
    payment = stored or _new_payment(invoice, payer, attempt, now)
    outcome = _ask_stripe(invoice, payment, payer, stores=stores, gateways=gateways, now=now)
    return record_outcome(invoice, payment, outcome, customer=payer.customer, stores=stores, now=now)


def _payer(invoice: Invoice, stored: Payment | None, stores: Stores) -> _Payer | WaitingFor:
    """An attempt that was begun keeps its customer at Stripe and its method: it waits for neither to be ended."""
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    if customer is None:
        return WaitingFor.CUSTOMER
    if customer.payment_provider_code is None:
        return WaitingFor.INTEGRATION
    integration = stores.integrations.get(invoice.organization_id, customer.payment_provider_code)
    if integration is None:
        return WaitingFor.INTEGRATION
    if stored is None and customer.provider_customer_id is None:
        return WaitingFor.PROVIDER_CUSTOMER
    if stored is None and customer.payment_method_id is None:
        return WaitingFor.PAYMENT_METHOD
    return _Payer(customer, integration)


def _wait(invoice: Invoice, reason: WaitingFor, stores: Stores, now: datetime) -> Invoice:
    """Remember what is missing before looking once more, so that whoever brings it finds the invoice waiting."""
    if invoice.waiting_for is reason:
        return invoice
    waiting = replace(invoice, waiting_for=reason, due_at=now + LOOK_AGAIN_AFTER, updated_at=now)
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    missing = reason is WaitingFor.PAYMENT_METHOD and customer is not None
    told = (payment_method_missing(invoice, customer, now),) if missing and customer else ()
    try:
        return stores.invoices.save(waiting, told)
    except VersionConflictError:
        return read_invoice(stores, invoice.organization_id, invoice.lago_id)


def _close_without_payment(invoice: Invoice, stores: Stores, now: datetime) -> Invoice:
    paid = replace(
        invoice,
        payment_status=PaymentStatus.SUCCEEDED,
        due_at=None,
        waiting_for=None,
        claimed_until=None,
        updated_at=now,
    )
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    try:
        return stores.invoices.save(paid, (payment_status_updated(paid, customer, now, cause="nothing-due"),))
    except VersionConflictError:
        return read_invoice(stores, invoice.organization_id, invoice.lago_id)


def _restore(stored: Payment, customer: Customer, stores: Stores, now: datetime) -> Invoice:
    """The attempt is on record: nothing is sent. An invoice that was put into the table anew gets its state back."""
    invoice = read_invoice(stores, stored.organization_id, stored.invoice_id)
    if invoice.attempt >= stored.attempt:
        return invoice
    outcome = Outcome(
        status=stored.payment_status,
        intent_status=stored.status,
        intent_id=stored.provider_payment_id,
        failure=stored.failure,
        next_action=stored.next_action,
    )
    blank = replace(stored, status="pending", payment_status=PayableStatus.PENDING)
    return record_outcome(invoice, blank, outcome, customer=customer, stores=stores, now=now)


def _new_payment(invoice: Invoice, payer: _Payer, attempt: int, now: datetime) -> Payment:
    return Payment(
        organization_id=invoice.organization_id,
        lago_id=payment_id(invoice.organization_id, invoice.lago_id, attempt),
        invoice_id=invoice.lago_id,
        invoice_number=invoice.number,
        attempt=attempt,
        external_customer_id=invoice.external_customer_id,
        lago_customer_id=payer.customer.lago_id,
        payment_provider_code=payer.integration.code,
        provider_customer_id=str(payer.customer.provider_customer_id),
        amount_cents=invoice.total_due_amount_cents,
        currency=invoice.currency,
        payment_method_id=payer.customer.payment_method_id,
        created_at=now,
        updated_at=now,
    )


def _ask_stripe(
    invoice: Invoice, payment: Payment, payer: _Payer, *, stores: Stores, gateways: Gateways, now: datetime
) -> Outcome:
    try:
        gateway = gateways.of(payer.integration)
        started_at = min(invoice.attempt_started_at or invoice.created_at, payment.created_at)
        if now - started_at > KEY_IS_SAFE_FOR or payment.unknown_tries >= LOOK_UP_AFTER_TRIES:
            found = _look_up(payment, gateway, started_at)
            if found:
                return found
        return _send(_payment_request(invoice, payment, payer), payment, gateway, started_at)
    except KeyRefusedError as refused:
        stores.notifications.add(
            payment_provider_error(payer.integration, "payment_intent.create", str(refused), refused.code, now)
        )
        raise
    except OutcomeUnknownError:
        _record_unknown(invoice, payment, stores, now)
        raise


def _send(request: PaymentRequest, payment: Payment, gateway: PaymentGateway, started_at: datetime) -> Outcome:
    try:
        return gateway.collect(request)
    except ParametersChangedError:
        found = _look_up(payment, gateway, started_at)
        if found:
            return found
        raise


def _look_up(payment: Payment, gateway: PaymentGateway, started_at: datetime) -> Outcome | None:
    return gateway.find_payment(
        payment_id=payment.lago_id, provider_customer_id=payment.provider_customer_id, since=started_at
    )


def _payment_request(invoice: Invoice, payment: Payment, payer: _Payer) -> PaymentRequest:
    return PaymentRequest(
        key=payment.lago_id,
        amount_cents=payment.amount_cents,
        currency=payment.currency,
        provider_customer_id=payment.provider_customer_id,
        payment_method_id=str(payment.payment_method_id),
        payment_method_types=payer.customer.provider_payment_methods,
        description=f"{payer.integration.name} - Invoice {invoice.number}",
        metadata={
            "lago_invoice_id": invoice.lago_id,
            "lago_customer_id": payer.customer.lago_id,
            "lago_organization_id": invoice.organization_id,
            "lago_payment_id": payment.lago_id,
            "lago_payable_id": invoice.lago_id,
            "lago_payable_type": "Invoice",
            "invoice_issuing_date": invoice.issuing_date.isoformat(),
            "invoice_type": "one_off",
            "paystream_attempt": str(payment.attempt),
        },
        return_url=payer.integration.success_redirect_url or NOWHERE,
    )


def _record_unknown(invoice: Invoice, payment: Payment, stores: Stores, now: datetime) -> None:
    """Keep the attempt visible and due, and among those that wait, so that whoever asked for it finds it again.

    If someone else wrote meanwhile, they know more than we do.
    """
    tried = replace(payment, unknown_tries=payment.unknown_tries + 1, updated_at=now)
    due = replace(
        invoice,
        attempt=max(invoice.attempt, payment.attempt),
        due_at=now + UNKNOWN_LOOK_AGAIN_AFTER,
        updated_at=now,
    )
    try:
        stores.invoices.settle(Settlement(due, tried, ()), ())
    except VersionConflictError:
        return
