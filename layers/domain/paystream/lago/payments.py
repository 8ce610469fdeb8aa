"""A payment as Lago's clients read it."""

from decimal import Decimal
from typing import Any

from paystream.lago.outlook import failure_object
from paystream.lago.refunds import refund_object
from paystream.lago.timestamps import timestamp
from paystream.model.customer import Customer
from paystream.model.last_failure import LastFailure
from paystream.model.manual_payment import AnyPayment, ManualPayment
from paystream.model.payment import Payment
from paystream.model.payment_dispute import Dispute


def payment_object(payment: AnyPayment) -> dict[str, Any]:
    """Lago's payment object, with the reason of a failure besides."""
    own = _manual(payment) if isinstance(payment, ManualPayment) else _by_provider(payment)
    return {
        "lago_id": payment.lago_id,
        "lago_customer_id": payment.lago_customer_id,
        "external_customer_id": payment.external_customer_id,
        "invoice_ids": [payment.invoice_id],
        "invoice_numbers": [payment.invoice_number],
        "lago_payable_id": payment.invoice_id,
        "payable_type": "Invoice",
        "amount_cents": payment.amount_cents,
        "amount_currency": payment.currency,
        "created_at": timestamp(payment.created_at),
        **own,
    }


def _by_provider(payment: Payment) -> dict[str, Any]:
    """`reference` is empty, not null: Lago's own Python client refuses null."""
    return {
        "status": payment.status,
        "payment_status": payment.payment_status.value,
        "type": "provider",
        "reference": "",
        "payment_provider_code": payment.payment_provider_code,
        "payment_provider_type": "PaymentProviders::StripeProvider",
        "external_payment_id": payment.provider_payment_id,
        "provider_payment_id": payment.provider_payment_id,
        "provider_customer_id": payment.provider_customer_id,
        "next_action": _as_json(payment.next_action or {}),
        **_page(payment),
        "attempt": payment.attempt,
        "error_code": payment.failure.code if payment.failure else None,
        "decline_code": payment.failure.decline_code if payment.failure else None,
        "advice_code": payment.failure.advice_code if payment.failure else None,
        "failure": _failure(payment),
        "payment_method": shown_method_object(payment),
        "provider_url": _provider_url(payment),
        "ended_at": timestamp(payment.ended_at) if payment.ended_at else None,
        "dispute": _dispute(payment.dispute) if payment.dispute else None,
        "refunded_amount_cents": payment.refunded_amount_cents,
        "refunds": [refund_object(payment, refund) for refund in payment.refunds],
    }


def shown_method_object(payment: Payment) -> dict[str, Any] | None:
    """What is known of the payment method that was charged, without asking Stripe; None where none was."""
    charged = payment.charged
    if payment.payment_method_id is None:
        return None
    return {
        "id": payment.payment_method_id,
        "type": charged.type if charged else None,
        "brand": charged.brand if charged else None,
        "last4": charged.last4 if charged else None,
        "exp_month": charged.exp_month if charged else None,
        "exp_year": charged.exp_year if charged else None,
    }


def _failure(payment: Payment) -> dict[str, Any] | None:
    if payment.failure is None:
        return None
    return failure_object(LastFailure.of(payment.failure, payment.ended_at or payment.updated_at))


def _provider_url(payment: Payment) -> str | None:
    """The payment intent in the dashboard of its account. Source: https://docs.stripe.com/dashboard/basics"""
    if payment.provider_payment_id is None or payment.account_key is None:
        return None
    account_id, _, mode = payment.account_key.partition("#")
    place = "" if mode == "live" else "test/"
    return f"https://dashboard.stripe.com/{account_id}/{place}payments/{payment.provider_payment_id}"


def _as_json(value: Any) -> Any:
    """Stripe's own, with its fractions, which are kept exactly, as JSON has them."""
    if isinstance(value, dict):
        return {name: _as_json(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_as_json(entry) for entry in value]
    return float(value) if isinstance(value, Decimal) else value


def _page(payment: Payment) -> dict[str, Any]:
    """While a payment link's page is open it is the customer who has to act: as Stripe says it of an intent. Source:
    https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action
    """
    link = payment.link
    if not payment.is_open_payment_link or link is None or link.url is None:
        return {}
    redirect = {"url": link.url, "return_url": link.return_url}
    return {
        "status": "requires_action",
        "payment_status": "processing",
        "next_action": {"type": "redirect_to_url", "redirect_to_url": redirect},
    }


def _dispute(dispute: Dispute) -> dict[str, Any]:
    return {
        "dispute_id": dispute.id,
        "status": dispute.status,
        "reason": dispute.reason,
        "amount_cents": dispute.amount_cents,
        "amount_currency": dispute.currency,
    }


def _manual(payment: ManualPayment) -> dict[str, Any]:
    """Nothing of it is Stripe's."""
    of_stripe = (
        "payment_provider_code",
        "payment_provider_type",
        "external_payment_id",
        "provider_payment_id",
        "provider_customer_id",
        "attempt",
        "error_code",
        "decline_code",
        "advice_code",
        "failure",
        "payment_method",
        "provider_url",
        "dispute",
    )
    return {
        "status": "succeeded",
        "payment_status": "succeeded",
        "type": "manual",
        "reference": payment.reference,
        "next_action": {},
        **dict.fromkeys(of_stripe),
        "ended_at": timestamp(payment.created_at),
        "refunded_amount_cents": 0,
        "refunds": [],
    }


def payment_url_object(payment: Payment, customer: Customer, url: str) -> dict[str, Any]:
    """Lago's `invoice_payment_details`: where an invoice is paid."""
    return {
        "lago_customer_id": customer.lago_id,
        "external_customer_id": customer.external_id,
        "payment_provider": customer.payment_provider,
        "lago_invoice_id": payment.invoice_id,
        "payment_url": url,
    }
