"""Find an attempt in the list of an account where it is not known for which of its customers it was sent."""

from dataclasses import replace
from datetime import datetime, timedelta

from paystream.model.attempts import new_payment
from paystream.model.case import Payer
from paystream.model.customer import Customer
from paystream.model.identifiers import payment_id
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.outcome import Outcome
from paystream.model.payment import Payment
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways, ListedIntent, PaymentGateway
from paystream.steps.accounts.refused_key import calls_stripe

_KEY_IS_KEPT_FOR = timedelta(days=2)
_MOST_PAGES = 50


def find_as_sent(
    payment: Payment, gateway: PaymentGateway, *, stores: Stores, now: datetime
) -> tuple[Payment, Outcome] | None:
    """The attempt, with the customer that it was sent for, and its outcome."""
    listed = _listed(payment.lago_id, gateway, now)
    if listed is None:
        return None
    sent = replace(payment, provider_customer_id=listed.provider_customer_id or "")
    customer = _customer(payment.organization_id, listed, stores)
    if customer:
        sent = replace(sent, external_customer_id=customer.external_id, lago_customer_id=customer.lago_id)
    return sent, listed.outcome


def find_first_attempt(
    invoice: Invoice, *, stores: Stores, gateways: Gateways, now: datetime
) -> tuple[Payment, Outcome, Customer] | None:
    """The first attempt of an invoice whose item does not say who pays, in all accounts that are connected, and the
    customer that it was sent for. Raises OutcomeUnknownError, KeyRefusedError.
    """
    first = payment_id(invoice.organization_id, invoice.lago_id, 1)
    for integration in stores.integrations.all(invoice.organization_id):
        found = _first_in(integration, first, stores=stores, gateways=gateways, now=now)
        customer = _customer(invoice.organization_id, found, stores) if found else None
        if found and customer:
            return new_payment(invoice, Payer(customer, integration), 1, now), found.outcome, customer
    return None


def _first_in(
    integration: Integration, first: str, *, stores: Stores, gateways: Gateways, now: datetime
) -> ListedIntent | None:
    with calls_stripe(integration, "payment_intent.list", stores=stores, gateways=gateways, now=now) as gateway:
        return _listed(first, gateway, now)


def _listed(lago_id: str, gateway: PaymentGateway, now: datetime) -> ListedIntent | None:
    """In the list of the account, the newest first, as far back as Stripe keeps the key as a rule."""
    cursor = None
    for _ in range(_MOST_PAGES):
        page = gateway.intents(since=now - _KEY_IS_KEPT_FOR, until=now, cursor=cursor)
        for listed in page.records:
            if listed.payment_id == lago_id:
                return listed
        cursor = page.next_cursor
        if cursor is None:
            return None
    return None


def _customer(organization_id: str, listed: ListedIntent, stores: Stores) -> Customer | None:
    provider_id = listed.provider_customer_id
    return next(iter(stores.customers.by_provider_id(organization_id, provider_id)), None) if provider_id else None
