"""A payment method as Lago's clients read it."""

from typing import Any

from paystream.lago.timestamps import timestamp
from paystream.model.customer import Customer
from paystream.model.identifiers import saved_method_id
from paystream.model.manual_payment import AnyPayment
from paystream.model.payment import Payment
from paystream.model.payment_method import SavedMethod, Wallet


def payment_method_object(wallet: Wallet, method: SavedMethod) -> dict[str, Any]:
    """Lago's payment method object, with Stripe's type of it, and what is shown of it, besides."""
    shown = method.shown
    return {
        "lago_id": saved_method_id(wallet.customer.organization_id, method.id),
        "is_default": method.id == wallet.customer.payment_method_id,
        "payment_provider_code": wallet.integration.code if wallet.integration else None,
        "payment_provider_name": wallet.integration.name if wallet.integration else None,
        "payment_provider_type": "stripe",
        "provider_method_id": method.id,
        "provider_method_type": method.type,
        "brand": shown.brand if shown else None,
        "last4": shown.last4 if shown else None,
        "exp_month": shown.exp_month if shown else None,
        "exp_year": shown.exp_year if shown else None,
        "created_at": timestamp(method.created_at),
    }


def charged_method_object(payment: AnyPayment, customer: Customer | None) -> dict[str, Any] | None:
    """Lago's object for what a payment was paid with; None where no payment method was charged. What Stripe alone knows
    of the method is not asked for: its type and its time are in the customer's list.
    """
    if not isinstance(payment, Payment) or payment.payment_method_id is None:
        return None
    return {
        "lago_id": saved_method_id(payment.organization_id, payment.payment_method_id),
        "is_default": customer is not None and payment.payment_method_id == customer.payment_method_id,
        "payment_provider_code": payment.payment_provider_code,
        "payment_provider_type": "stripe",
        "provider_method_id": payment.payment_method_id,
    }
