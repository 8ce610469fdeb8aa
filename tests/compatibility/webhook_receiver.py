"""A receiver of Lago's webhooks as one writes it with Lago's official Python client: its models read what comes.

Runs where the client is installed, not where this project is. Reads webhooks from the standard input, one a line, and
prints at once what it understood of each. For the objects about errors the client has no models: those that
Lago's API description requires stand here, on the client's own base; and so does the refund, which Lago has not.
"""

import json
import sys
from typing import Any

from lago_python_client.base_model import BaseResponseModel
from lago_python_client.models.customer import CustomerResponse
from lago_python_client.models.invoice import InvoiceResponse
from lago_python_client.models.payment import PaymentResponse


class PaymentFailure(BaseResponseModel):
    """`payment_provider_invoice_payment_error`."""

    lago_invoice_id: str
    lago_customer_id: str
    external_customer_id: str
    provider_customer_id: str
    payment_provider: str
    payment_provider_code: str
    provider_error: dict[str, Any]


class CustomerFailure(BaseResponseModel):
    """`payment_provider_customer_error`."""

    lago_customer_id: str
    external_customer_id: str
    payment_provider: str
    payment_provider_code: str
    provider_error: dict[str, Any]


class CheckoutUrl(BaseResponseModel):
    """`payment_provider_customer_checkout_url`."""

    lago_customer_id: str
    external_customer_id: str
    payment_provider: str
    payment_provider_code: str
    checkout_url: str


class ProviderFailure(BaseResponseModel):
    """`payment_provider_error`."""

    lago_payment_provider_id: str
    payment_provider_code: str
    payment_provider_name: str
    source: str
    action: str
    provider_error: dict[str, Any]


class DisputeLost(BaseResponseModel):
    """`payment_dispute_lost`."""

    invoice: InvoiceResponse
    reason: str | None


class Refund(BaseResponseModel):
    """`refund`."""

    lago_id: str
    lago_payment_id: str
    lago_invoice_id: str
    external_customer_id: str
    amount_cents: int
    amount_currency: str
    status: str
    reason: str | None
    failure_reason: str | None


class Webhook(BaseResponseModel):
    """The envelope."""

    webhook_type: str
    object_type: str
    organization_id: str
    invoice: InvoiceResponse | None
    payment: PaymentResponse | None
    customer: CustomerResponse | None
    payment_provider_invoice_payment_error: PaymentFailure | None
    payment_provider_customer_error: CustomerFailure | None
    payment_provider_customer_checkout_url: CheckoutUrl | None
    payment_provider_error: ProviderFailure | None
    payment_dispute_lost: DisputeLost | None
    refund: Refund | None


def main() -> None:
    """Read all; the first that cannot be read ends it with the client's own error."""
    for line in sys.stdin:
        webhook = Webhook.parse_raw(line)
        content = getattr(webhook, webhook.object_type)
        print(json.dumps([webhook.webhook_type, type(content).__name__, content.dict()], default=str), flush=True)


if __name__ == "__main__":
    main()
