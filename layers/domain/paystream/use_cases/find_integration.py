"""Which connected integration leads to an account: its code of then, or another one that it has by now."""

from paystream.model.customer import Customer
from paystream.model.integration import Integration, Link
from paystream.ports.stores import Stores


def integration_of(organization_id: str, link: Link, stores: Stores) -> Integration | None:
    """The integration of the account that something was sent to: under the code of then, or under another one; None if
    it is not connected.

    For what was begun: it stays in its account. Nothing new is begun through another code than the customer's own. It
    costs a second read only where the code of then does not lead there. Of several it is the oldest whose key works.
    """
    if link.payment_provider_code is None:
        return None
    own = stores.integrations.get(organization_id, link.payment_provider_code)
    if own and own.leads_to(link):
        return own
    others = [one for one in stores.integrations.all(organization_id) if one.leads_to(link)]
    return min(others, key=lambda one: (one.needs_attention is not None, one.created_at), default=None)


def integration_for_new(customer: Customer, stores: Stores) -> Integration | None:
    """The integration through which something new may be begun for the customer: that of the code it is linked under.

    A code that was connected to another account since then stands for an account that is not connected.
    """
    if customer.payment_provider_code is None:
        return None
    own = stores.integrations.get(customer.organization_id, customer.payment_provider_code)
    return own if own and own.lago_id == customer.integration_id else None
