"""Notifications about customers and accounts at Stripe."""

from datetime import datetime

from paystream.lago.customers import checkout_object, customer_object
from paystream.lago.envelope import envelope, shortened
from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.model.notification import Notification, WebhookType


def provider_customer_created(customer: Customer, now: datetime) -> Notification:
    """The customer exists at Stripe now."""
    identity = (customer.organization_id, customer.lago_id, str(customer.provider_customer_id))
    return envelope(
        WebhookType.CUSTOMER_PAYMENT_PROVIDER_CREATED,
        "customer",
        customer.organization_id,
        customer_object(customer),
        customer_object(shortened(customer)),
        now=now,
        identity=identity,
    )


def checkout_url_generated(customer: Customer, url: str, now: datetime) -> Notification:
    """A page was made on which the customer saves a payment method."""
    return envelope(
        WebhookType.CUSTOMER_CHECKOUT_URL_GENERATED,
        "payment_provider_customer_checkout_url",
        customer.organization_id,
        checkout_object(customer, url),
        now=now,
        identity=(customer.organization_id, customer.lago_id, url),
    )


def provider_customer_error(customer: Customer, message: str, code: str | None, now: datetime) -> Notification:
    """Stripe refused to create or change the customer."""
    body = {
        "lago_customer_id": customer.lago_id,
        "external_customer_id": customer.external_id,
        "payment_provider": customer.payment_provider,
        "payment_provider_code": customer.payment_provider_code,
        "provider_error": {"message": message, "error_code": code},
    }
    identity = (customer.organization_id, customer.lago_id, str(customer.version))
    return envelope(
        WebhookType.CUSTOMER_PAYMENT_PROVIDER_ERROR,
        "payment_provider_customer_error",
        customer.organization_id,
        body,
        now=now,
        identity=identity,
    )


def payment_provider_error(
    integration: Integration, action: str, message: str, code: str | None, now: datetime
) -> Notification:
    """Stripe refuses the integration's key; notified once for each state of the integration.

    One that is connected again has the id and the versions that it had before, so `created_at` is part of the identity.
    """
    body = {
        "lago_payment_provider_id": integration.lago_id,
        "payment_provider_code": integration.code,
        "payment_provider_name": integration.name,
        "source": "stripe",
        "action": action,
        "provider_error": {"message": message, "code": code},
    }
    identity = (
        integration.organization_id,
        integration.lago_id,
        integration.created_at.isoformat(),
        str(integration.version),
    )
    return envelope(
        WebhookType.PAYMENT_PROVIDER_ERROR,
        "payment_provider_error",
        integration.organization_id,
        body,
        now=now,
        identity=identity,
    )
