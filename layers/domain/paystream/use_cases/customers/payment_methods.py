"""List a customer's payment methods, choose the default, take one away."""

from dataclasses import replace
from datetime import datetime

from paystream.errors import NotFoundError, VersionConflictError
from paystream.model.customer import Customer
from paystream.model.payment_method import SavedMethod, Wallet
from paystream.ports.messages import CollectionQueue
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.connected import integration_for_new
from paystream.steps.accounts.refused_key import refusal_marked


def open_wallet(organization_id: str, external_id: str, *, stores: Stores, gateways: Gateways, now: datetime) -> Wallet:
    """One list at Stripe, if the customer is linked. Raises NotFoundError, and what asking Stripe raises."""
    customer = stores.customers.get(organization_id, external_id)
    if customer is None or customer.deleted_at:
        raise NotFoundError("customer")
    provider_customer_id = customer.provider_customer_id
    integration = integration_for_new(customer, stores)
    if integration is None or provider_customer_id is None:
        return Wallet(customer, None, ())
    with refusal_marked(integration, "payment_method.list", stores=stores, now=now):
        return Wallet(customer, integration, gateways.of(integration).payment_methods(provider_customer_id))


def make_default(
    wallet: Wallet, lago_id: str, *, stores: Stores, gateways: Gateways, queue: CollectionQueue, now: datetime
) -> tuple[Wallet, SavedMethod]:
    """Stripe's default first, then ours; then what waited for a method is collected.

    Safe to repeat: Stripe's event says the same, should we not come to it. Raises NotFoundError, and what asking
    Stripe raises.
    """
    method, integration = wallet.method(lago_id), wallet.integration
    if integration is None:
        raise NotFoundError("payment_method")
    with refusal_marked(integration, "customer.update", stores=stores, now=now):
        gateways.of(integration).set_default_payment_method(str(wallet.customer.provider_customer_id), method.id)
    customer = _keep(wallet.customer, method.id, stores, now)
    queue.collect_waiting(customer.organization_id, customer.external_id)
    return replace(wallet, customer=customer), method


def detach(
    wallet: Wallet, lago_id: str, *, stores: Stores, gateways: Gateways, now: datetime
) -> tuple[Wallet, SavedMethod]:
    """Take it from the customer at Stripe, for good; the customer may be left without one. Raises NotFoundError, also
    when it is repeated, and what asking Stripe raises.
    """
    method, integration = wallet.method(lago_id), wallet.integration
    if integration is None:
        raise NotFoundError("payment_method")
    with refusal_marked(integration, "payment_method.detach", stores=stores, now=now):
        gateways.of(integration).detach_payment_method(method.id)
    if wallet.customer.payment_method_id != method.id:
        return wallet, method
    return replace(wallet, customer=_keep(wallet.customer, None, stores, now)), method


def _keep(customer: Customer, payment_method_id: str | None, stores: Stores, now: datetime) -> Customer:
    """A function that wrote meanwhile has later news, or Stripe's event brings ours."""
    known = replace(customer, payment_method_id=payment_method_id, payment_method_as_of=now, updated_at=now)
    try:
        return stores.customers.save(known)
    except VersionConflictError:
        return stores.customers.get(customer.organization_id, customer.external_id) or customer
