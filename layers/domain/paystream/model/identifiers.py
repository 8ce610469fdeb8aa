"""Identifiers that are derived, not drawn: the same cause always has the same name, so a repeat can be recognised."""

from functools import lru_cache
from uuid import UUID, uuid5

_NAMESPACE = UUID("6f1d4a52-5d0c-4d2e-9a37-0c3a8f6b7e11")


@lru_cache(maxsize=1024)
def derived_id(*parts: str) -> str:
    """A UUID that depends on the parts and nothing else. An invocation asks for the same ones again and again."""
    return str(uuid5(_NAMESPACE, "\x1f".join(parts)))


def integration_id(organization_id: str, code: str, account_id: str, *, livemode: bool) -> str:
    """The id of an integration: what was sent names it, and so says to which account, in which mode.

    An account has one id in test mode and in live mode, but the two share nothing: https://docs.stripe.com/test-mode
    """
    return derived_id("integration", organization_id, code, account_id, "live" if livemode else "test")


def payment_id(organization_id: str, invoice_id: str, attempt: int) -> str:
    """The id of an attempt's payment. It is also its idempotency key at Stripe, so a crash leaves nothing to
    remember.
    """
    return derived_id("payment", organization_id, invoice_id, str(attempt))


def requested_invoice_id(organization_id: str, idempotency_key: str) -> str:
    """The id of the invoice that a request with this `Idempotency-Key` creates, whenever and however often it is
    sent.
    """
    return derived_id("invoice", organization_id, idempotency_key)


def requested_payment_id(organization_id: str, idempotency_key: str) -> str:
    """The id of the manual payment that a request with this `Idempotency-Key` records, however often it is sent."""
    return derived_id("manual payment", organization_id, idempotency_key)


def requested_refund_id(organization_id: str, payment_id: str, idempotency_key: str) -> str:
    """The id of the refund that a request with this `Idempotency-Key` makes of a payment, however often it is sent. It
    does not say that the key was used for this payment only.
    """
    return derived_id("refund", organization_id, payment_id, idempotency_key)


def saved_method_id(organization_id: str, payment_method_id: str) -> str:
    """The id of a payment method of Stripe's: it is kept there only."""
    return derived_id("payment method", organization_id, payment_method_id)


def fee_id(invoice_id: str, position: int) -> str:
    """The id of the fee at this position of an invoice, counted from 0."""
    return derived_id("fee", invoice_id, str(position))


def notification_id(webhook_type: str, *cause: str) -> str:
    """The id of a notification, stable across repeats: subscribers drop what they have seen."""
    return derived_id("notification", webhook_type, *cause)
