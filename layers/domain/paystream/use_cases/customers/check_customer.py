"""What would become of a customer that is sent, without sending it."""

from dataclasses import dataclass
from datetime import datetime

from paystream.model.customer import Customer
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.use_cases.customers.customer_as_sent import CustomerChange, as_sent


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCustomer:
    """What a customer would be, and what it is now: None if there is none."""

    before: Customer | None
    after: Customer


def check_customer(
    change: CustomerChange,
    *,
    organization_id: str,
    stores: Stores,
    gateways: Gateways,
    new_id: str,
    now: datetime,
) -> CheckedCustomer:
    """What `upsert_customer` would store, decided by the same code and refused by the same errors. Stripe is asked as
    it is there; nothing is stored, created or changed, here or at Stripe. Only that Stripe refuses the key is marked.
    """
    before = stores.customers.get(organization_id, change.external_id)
    after, _ = as_sent(
        before, change, organization_id=organization_id, stores=stores, gateways=gateways, new_id=new_id, now=now
    )
    return CheckedCustomer(before=before if before and not before.deleted_at else None, after=after)
