"""Delete a customer: it is found no more, and nothing is collected from it."""

from dataclasses import replace
from datetime import datetime

from paystream.model.customer import Customer
from paystream.ports.stores import Stores
from paystream.use_cases.customers.link_customer import unlinked_from_all
from paystream.use_cases.invoices.find_records import find_customer


def destroy_customer(organization_id: str, external_id: str, *, stores: Stores, now: datetime) -> Customer:
    """The customer as it was. It stays at Stripe; what is on its way there comes to its end.

    Its open invoices wait. Storing a customer under this `external_id` brings it back, without its link to Stripe and
    without its consent: then they are collected from whom it is linked to. Raises NotFoundError, VersionConflictError.
    """
    customer = find_customer(organization_id, external_id, stores=stores)
    alone = replace(unlinked_from_all(customer, now), sync_with_provider=None, fallback_consent=None)
    gone = replace(alone, deleted_at=now, updated_at=now)
    stores.customers.save(gone)
    return customer
