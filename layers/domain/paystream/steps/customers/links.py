"""How a customer is linked to Stripe, and how it was before."""

from dataclasses import replace
from datetime import datetime

from paystream.model.customer import MOST_FORMER_LINKS, Customer, FormerLink
from paystream.model.integration import Integration


def is_to_be_created(customer: Customer, integration: Integration) -> bool:
    """Whether a customer without a link gets one at Stripe: as it says, else as the account does."""
    if customer.sync_with_provider is None:
        return integration.create_customers
    return customer.sync_with_provider


def unlinked(customer: Customer) -> Customer:
    """Off its Stripe customer; it stays with its account."""
    return replace(
        customer,
        provider_customer_id=None,
        payment_method_id=None,
        payment_method_as_of=None,
        creation=None,
        creation_refused=None,
    )


def with_former_link(before: Customer | None, customer: Customer, now: datetime) -> Customer:
    """Remember the link that ends now: an attempt may have been sent under it and not been written down."""
    if not (before and before.provider_customer_id and before.payment_provider_code and before.integration_id):
        return customer
    link = FormerLink(
        payment_provider_code=before.payment_provider_code,
        integration_id=before.integration_id,
        provider_customer_id=before.provider_customer_id,
        until=now,
    )
    if (customer.integration_id, customer.provider_customer_id) == (link.integration_id, link.provider_customer_id):
        return customer
    return replace(customer, former_links=(link, *customer.former_links)[:MOST_FORMER_LINKS])
