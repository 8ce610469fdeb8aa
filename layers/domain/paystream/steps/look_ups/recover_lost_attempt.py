"""Find the result of an attempt that a crash kept from being written, though nothing can be sent for the invoice now.

An invoice that can be collected needs none of this: sending it again looks it up. One that waits by now, because its
customer has lost the payment method or the Stripe customer since, would wait for ever though it may have been paid.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from paystream.model.attempts import new_payment
from paystream.model.case import Payer
from paystream.model.customer import Customer, FormerLink
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.outcome import Outcome
from paystream.model.payment import Payment
from paystream.model.schedule import LONGEST_REQUEST
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.connected import Accounts, integration_of
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.look_ups.former_customers import links_of_former_customers


def recover_lost_attempt(
    invoice: Invoice, customer: Customer | None, *, stores: Stores, gateways: Gateways, now: datetime
) -> tuple[Payment, Outcome, Customer] | None:
    """The attempt as it was sent, and for whom: wherever the customer was linked since it can have been sent, or one
    of the items that this one replaced.

    One list of a Stripe customer's intents for each such link. An account that is not connected any more says nothing.
    Raises OutcomeUnknownError, KeyRefusedError.
    """
    attempt, started_at = max(invoice.attempt, 1), invoice.attempt_started_at or invoice.created_at
    for payer, link in _ways(invoice, customer, stores, now):
        integration = integration_of(payer.organization_id, link, stores)
        if integration is None:
            continue
        linked = replace(payer, provider_customer_id=link.provider_customer_id)
        payment = new_payment(invoice, Payer(linked, integration), attempt, now)
        with calls_stripe(integration, "payment_intent.list", stores=stores, gateways=gateways, now=now) as gateway:
            found = gateway.find_payment(
                payment_id=payment.lago_id, provider_customer_id=link.provider_customer_id, since=started_at
            )
        if found:
            return payment, found, payer
    return None


def are_all_connected(invoice: Invoice, customer: Customer | None, *, stores: Stores, now: datetime) -> bool:
    """Whether each account can be asked to which the attempt can have been sent."""
    accounts = Accounts(invoice.organization_id, stores)
    return all(accounts.of(link) for _, link in _ways(invoice, customer, stores, now))


def may_have_been_sent_to(integration: Integration, invoice: Invoice, *, stores: Stores, now: datetime) -> bool:
    """Whether an attempt of the invoice that is not on record can have been sent to that account."""
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    return any(integration.leads_to(link) for _, link in _ways(invoice, customer, stores, now))


def _ways(
    invoice: Invoice, customer: Customer | None, stores: Stores, now: datetime
) -> Iterator[tuple[Customer, FormerLink]]:
    started_at = invoice.attempt_started_at or invoice.created_at
    if customer:
        yield from ((customer, link) for link in _links(customer, started_at, now))
    yield from links_of_former_customers(invoice, stores)


def _links(customer: Customer, started_at: datetime, now: datetime) -> Iterator[FormerLink]:
    """Where the attempt can have been sent. Not through today's link if what lacks was lacking before, and nothing of
    the customer was changed since.
    """
    since = started_at - LONGEST_REQUEST
    lost_at = (customer.payment_method_as_of, customer.paid_by_bank_transfer_until)
    is_changed = customer.updated_at >= since
    may_have_paid = customer.pays_with or is_changed or any(time and time >= since for time in lost_at)
    links = customer.links_until(now) if may_have_paid else customer.former_links
    yield from (link for link in links if link.until >= since)
