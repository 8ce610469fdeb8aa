"""Notifications about invoices and their payments."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, assert_never

from paystream.lago.customers import customer_object
from paystream.lago.envelope import envelope, shortened
from paystream.lago.invoices import fee_objects, invoice_object
from paystream.lago.payment_methods import charged_method_object
from paystream.lago.payments import payment_object, shown_method_object
from paystream.lago.timestamps import timestamp
from paystream.model.customer import Customer
from paystream.model.declines import Retry, when_to_retry
from paystream.model.invoice import Invoice
from paystream.model.manual_payment import AnyPayment, ManualPayment
from paystream.model.notification import Notification, PaymentNews, WebhookType
from paystream.model.payment import Payment
from paystream.model.settlement import Settlement

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def settlement_notifications(settlement: Settlement, customer: Customer, now: datetime) -> tuple[Notification, ...]:
    """What an outcome leads to, in the order in which it happened."""
    return tuple(_notification(news, settlement, customer, now) for news in settlement.notify)


def _notification(news: PaymentNews, settlement: Settlement, customer: Customer, now: datetime) -> Notification:
    match news:
        case WebhookType.PAYMENT_SUCCEEDED:
            return _succeeded(settlement.payment, customer, now)
        case WebhookType.PAYMENT_REQUIRES_ACTION:
            return _requires_action(settlement.payment, now)
        case WebhookType.INVOICE_PAYMENT_FAILURE | WebhookType.INVOICE_PAYMENT_ABANDONED:
            return _payment_failure(news, settlement, customer, now)
        case WebhookType.INVOICE_PAYMENT_STATUS_UPDATED:
            return payment_status_updated(settlement.invoice, customer, now, cause=settlement.payment.lago_id)
        case _:
            assert_never(news)


def payment_status_updated(invoice: Invoice, customer: Customer | None, now: datetime, *, cause: str) -> Notification:
    """The invoice's payment status has changed. `cause` is the payment that changed it."""
    identity = (invoice.organization_id, invoice.lago_id, cause, invoice.payment_status.value)
    return _invoice(WebhookType.INVOICE_PAYMENT_STATUS_UPDATED, invoice, customer, now, identity)


def invoice_voided(invoice: Invoice, customer: Customer | None, now: datetime) -> Notification:
    """The invoice is owed no more."""
    return _invoice(
        WebhookType.INVOICE_VOIDED, invoice, customer, now, identity=(invoice.organization_id, invoice.lago_id)
    )


def payment_overdue(invoice: Invoice, customer: Customer | None, now: datetime) -> Notification:
    """The invoice should have been paid by now. Lago's body:
    https://github.com/getlago/lago-api/blob/main/app/services/webhooks/invoices/payment_overdue_service.rb
    """
    identity = (invoice.organization_id, invoice.lago_id)
    return _invoice(WebhookType.INVOICE_PAYMENT_OVERDUE, invoice, customer, now, identity)


def _invoice(
    webhook_type: WebhookType, invoice: Invoice, customer: Customer | None, now: datetime, identity: tuple[str, ...]
) -> Notification:
    return envelope(
        webhook_type,
        "invoice",
        invoice.organization_id,
        *notified_invoice(invoice, customer, now),
        now=now,
        identity=identity,
    )


def notified_invoice(invoice: Invoice, customer: Customer | None, now: datetime) -> tuple[dict[str, Any], ...]:
    """The invoice with its customer and its fees; without the fees; and with the customer shortened, too."""
    owed = invoice_object(invoice, now)
    full = owed | {"customer": customer_object(customer) if customer else None, "fees": fee_objects(invoice, customer)}
    without_fees = full | {"fees": []}
    return full, without_fees, without_fees | {"customer": customer_object(shortened(customer)) if customer else None}


def collection_refused(invoice: Invoice, code: str, now: datetime) -> Notification:
    """A new attempt was asked for, and none can be made: nothing was sent to Stripe. Lago's code says why.

    Notified once for each version of the invoice.
    """
    body = {
        "lago_invoice_id": invoice.lago_id,
        "lago_customer_id": None,
        "external_customer_id": invoice.external_customer_id,
        "provider_customer_id": None,
        "payment_provider": None,
        "payment_provider_code": None,
        "lago_payment_id": None,
        "attempt": None,
        "will_retry": invoice.next_retry_at is not None,
        "next_retry_at": timestamp(invoice.next_retry_at) if invoice.next_retry_at else None,
        "retry": Retry.AFTER_CUSTOMER_ACTS.value,
        "payment_method": None,
        "next_payment_method": None,
        "provider_error": None,
        "error_details": {"code": code},
    }
    identity = (invoice.organization_id, invoice.lago_id, code, str(invoice.version))
    return envelope(
        WebhookType.INVOICE_PAYMENT_FAILURE,
        "payment_provider_invoice_payment_error",
        invoice.organization_id,
        body,
        now=now,
        identity=identity,
    )


def payment_method_missing(invoice: Invoice, customer: Customer, now: datetime) -> Notification:
    """An invoice waits because its customer has no payment method: Paystream's own, Lago says nothing."""
    waiting = {"lago_invoice_id": invoice.lago_id, "invoice_number": invoice.number}
    identity = (invoice.organization_id, invoice.lago_id)
    return envelope(
        WebhookType.CUSTOMER_PAYMENT_METHOD_MISSING,
        "customer",
        invoice.organization_id,
        customer_object(customer) | waiting,
        customer_object(shortened(customer)) | waiting,
        now=now,
        identity=identity,
    )


def manual_payment_notifications(
    before: Invoice, invoice: Invoice, payment: ManualPayment, customer: Customer | None, now: datetime
) -> tuple[Notification, ...]:
    """Money that came outside of Stripe, and what became of the invoice by it."""
    received = _succeeded(payment, customer, now)
    if invoice.payment_status is before.payment_status:
        return (received,)
    return received, payment_status_updated(invoice, customer, now, cause=payment.lago_id)


def _requires_action(payment: Payment, now: datetime) -> Notification:
    """Once, and once more for each part of a bank transfer that has come, and for what the page leads to."""
    remaining = payment.remaining_amount_cents
    part = () if remaining in (None, payment.amount_cents) else (str(remaining),)
    if payment.link and payment.provider_payment_id:
        part = (payment.provider_payment_id, *part)
    return _payment(WebhookType.PAYMENT_REQUIRES_ACTION, payment, now, *part)


def _succeeded(payment: AnyPayment, customer: Customer | None, now: datetime) -> Notification:
    """With what it was paid with, if that is known."""
    return _payment(
        WebhookType.PAYMENT_SUCCEEDED,
        payment,
        now,
        besides={"payment_method": _charged(payment, customer)},
    )


def _charged(payment: AnyPayment, customer: Customer | None) -> dict[str, Any] | None:
    """Lago's object, and what is known of the method besides."""
    of_lago = charged_method_object(payment, customer)
    shown = shown_method_object(payment) if isinstance(payment, Payment) else None
    return of_lago | shown if of_lago and shown else of_lago


def _payment(
    webhook_type: WebhookType, payment: AnyPayment, now: datetime, *part: str, besides: Mapping[str, Any] = _NOTHING
) -> Notification:
    return envelope(
        webhook_type,
        "payment",
        payment.organization_id,
        {**payment_object(payment), **besides},
        now=now,
        identity=(payment.organization_id, payment.lago_id, *part),
    )


def _payment_failure(
    webhook_type: WebhookType, settlement: Settlement, customer: Customer, now: datetime
) -> Notification:
    payment, retry_at = settlement.payment, settlement.invoice.next_retry_at
    failure = payment.failure
    code = failure.code if failure else payment.status
    message = failure.message if failure else f"The payment is {payment.status}."
    body = {
        "lago_invoice_id": payment.invoice_id,
        "lago_customer_id": payment.lago_customer_id,
        "external_customer_id": payment.external_customer_id,
        "provider_customer_id": payment.provider_customer_id,
        "payment_provider": "stripe",
        "payment_provider_code": payment.payment_provider_code,
        "lago_payment_id": payment.lago_id,
        "attempt": payment.attempt,
        "will_retry": retry_at is not None,
        "next_retry_at": timestamp(retry_at) if retry_at else None,
        "retry": when_to_retry(failure).value,
        "payment_method": charged_method_object(payment, customer),
        "next_payment_method": charged_method_object(_next_payment(settlement, customer), customer),
        "provider_error": {"message": message, "error_code": code},
        "error_details": {
            "code": code,
            "message": message,
            "decline_code": failure.decline_code if failure else None,
            "advice_code": failure.advice_code if failure else None,
            "network_decline_code": failure.network_decline_code if failure else None,
            "network_advice_code": failure.network_advice_code if failure else None,
            "request_id": failure.request_id if failure else None,
            "http_status": failure.http_status if failure else None,
            "payment_intent_id": payment.provider_payment_id,
        },
    }
    return envelope(
        webhook_type,
        "payment_provider_invoice_payment_error",
        payment.organization_id,
        body,
        now=now,
        identity=(payment.organization_id, payment.lago_id),
    )


def _next_payment(settlement: Settlement, customer: Customer) -> Payment:
    """The payment, as if it charged what is planned to be charged next; nothing, where nothing is."""
    standing = settlement.invoice.standing
    planned = standing.planned_payment_method_id or customer.payment_method_id
    is_charged = standing.next_retry_at is not None and not customer.pays_by_bank_transfer
    return replace(settlement.payment, payment_method_id=planned if is_charged else None)
