"""A customer that Stripe has deleted: the link to it ends, and another one begins where the account makes customers."""

from dataclasses import replace
from datetime import datetime

from paystream.lago.customer_notifications import provider_customer_error
from paystream.model.customer import Customer
from paystream.ports.stores import Stores
from paystream.steps.accounts.connected import integration_for_new
from paystream.steps.customers.begin_creation import begin_creation
from paystream.steps.customers.links import is_to_be_created, unlinked, with_former_link

CUSTOMER_DELETED = "customer_deleted"


def forget_dead_customer(customer: Customer, *, stores: Stores, now: datetime) -> Customer:
    """The customer without its link, which is notified. Where it may have been charged under that, it is looked up
    there first: the link is kept as a former one. Raises VersionConflictError.
    """
    integration = integration_for_new(customer, stores)
    is_made_again = integration is not None and is_to_be_created(customer, integration)
    alone = replace(unlinked(customer), updated_at=now)
    gone = with_former_link(customer, begin_creation(alone, now) if is_made_again else alone, now)
    notification = provider_customer_error(gone, _message(customer, is_made_again), CUSTOMER_DELETED, now)
    return stores.customers.save(gone, (notification,))


def _message(customer: Customer, is_made_again: bool) -> str:
    next_step = "A new one is being created." if is_made_again else "Link it to another one, or let one be created."
    return f"The customer {customer.provider_customer_id} was deleted at Stripe. {next_step}"
