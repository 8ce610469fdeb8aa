"""Lead a customer to a page of Stripe on which a payment method is saved."""

from datetime import datetime

from paystream.errors import InvalidInputError, NotFoundError
from paystream.lago.customer_notifications import checkout_url_generated
from paystream.model.customer import Customer
from paystream.model.payment_method_types import Saved
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.connected import integration_for_new
from paystream.steps.accounts.refused_key import refusal_marked
from paystream.use_cases.customers.create_provider_customer import resume_creation


def check_out_customer(
    organization_id: str, external_id: str, *, stores: Stores, gateways: Gateways, now: datetime
) -> tuple[Customer, str]:
    """The customer and the page's URL, which is notified; each call makes a new page, and an old one stays good for its
    day.

    What is saved there comes back as Stripe's event, and what waited for it is collected. Raises NotFoundError,
    InvalidInputError if the customer is not linked to Stripe or none of its methods can be saved there, and what asking
    Stripe raises.
    """
    customer = stores.customers.get(organization_id, external_id)
    if customer is None or customer.deleted_at:
        raise NotFoundError("customer")
    if customer.creation:
        customer = resume_creation(customer, stores=stores, gateways=gateways, now=now)
    provider_customer_id = customer.provider_customer_id
    integration = integration_for_new(customer, stores)
    if integration is None or provider_customer_id is None:
        raise InvalidInputError({"base": ["no_linked_payment_provider"]})
    types = [one.name for one in customer.payment_method_types if one.saved is Saved.ON_PAGE]
    if not types:
        raise InvalidInputError({"provider_payment_methods": ["no_payment_methods_to_setup_available"]})
    with refusal_marked(integration, "checkout.session.create", stores=stores, now=now):
        url = gateways.of(integration).checkout.set_up_payment_method(
            provider_customer_id, types, success_url=integration.return_url
        )
    stores.notifications.add(checkout_url_generated(customer, url, now))
    return customer, url
