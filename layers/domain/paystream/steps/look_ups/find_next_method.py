"""Ask Stripe which method takes the place of one that was declined for good."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from paystream.errors import ResourceMissingError
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.retries import with_decline
from paystream.model.rules.fallback import may_fall_back, next_method
from paystream.model.settlement import is_news
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.connected import Accounts
from paystream.steps.accounts.refused_key import calls_stripe


def find_next_method(
    invoice: Invoice,
    payment: Payment,
    outcome: Outcome,
    customer: Customer,
    accounts: Accounts,
    *,
    gateways: Callable[[], Gateways],
    stores: Stores,
    now: datetime,
) -> str | None:
    """The id of the method; None if there is none, or none is to be charged. Nothing is asked unless it may be. Raises
    what asking Stripe raises: then nothing is written, and the outcome is learnt again.
    """
    if outcome.status is not PayableStatus.FAILED or not is_news(payment, outcome):
        return None
    integration = accounts.for_new(customer)
    is_theirs = integration is not None and integration.leads_to(payment)
    if integration is None or not is_theirs:
        return None
    if not may_fall_back(invoice, payment, outcome.failure, customer, integration):
        return None
    try:
        with calls_stripe(integration, "payment_method.list", stores=stores, gateways=gateways(), now=now) as gateway:
            methods = gateway.payment_methods(payment.provider_customer_id)
    except ResourceMissingError:
        return None
    charged = replace(payment, payment_method_id=outcome.payment_method_id or payment.payment_method_id)
    declined = with_decline(invoice, charged)
    found = next_method(declined, customer, methods, customer.card_declines, now)
    return found.id if found else None
