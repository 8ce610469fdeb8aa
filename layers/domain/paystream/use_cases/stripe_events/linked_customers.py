"""Whose customers of ours an event of Stripe speaks of."""

from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.ports.stores import Stores
from paystream.steps.accounts.connected import integration_of


def linked_customers(provider_customer_id: str, integration: Integration, stores: Stores) -> list[Customer]:
    """Those that are linked to the Stripe customer, of whom this integration speaks."""
    linked = stores.customers.by_provider_id(integration.organization_id, provider_customer_id)
    return [customer for customer in linked if _is_linked_through(customer, integration, stores)]


def _is_linked_through(customer: Customer, integration: Integration, stores: Stores) -> bool:
    """One code of an account speaks for each customer: its own, or another one if that is not connected any more."""
    if customer.payment_provider_code == integration.code:
        return True
    if not integration.leads_to(customer):
        return False
    speaks = integration_of(integration.organization_id, customer, stores)
    return speaks is not None and speaks.code == integration.code
