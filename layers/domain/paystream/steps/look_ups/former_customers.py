"""Where an attempt may have been sent for a customer of whom an item said that it pays, until another replaced it."""

from collections.abc import Iterator

from paystream.model.customer import Customer, FormerLink
from paystream.model.invoice import Invoice
from paystream.model.schedule import LONGEST_REQUEST
from paystream.ports.stores import Stores


def links_of_former_customers(invoice: Invoice, stores: Stores) -> Iterator[tuple[Customer, FormerLink]]:
    """Each way in which Stripe knew such a customer while an attempt can have been sent for it."""
    for former in invoice.former_customers:
        customer = stores.customers.get(invoice.organization_id, former.external_customer_id)
        for link in customer.links_until(former.until) if customer else ():
            if customer and link.until >= former.since - LONGEST_REQUEST:
                yield customer, link
