"""Which account a customer is collected through, and which customer of that account it is."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from paystream.errors import InvalidInputError
from paystream.model.customer import Customer
from paystream.model.integration import Integration, default_of
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways, ProviderCustomer
from paystream.steps.customers.links import is_to_be_created, unlinked, with_former_link

_CLOCK_DIFFERENCE = timedelta(minutes=1)


def cleared(customer: Customer, billing: dict[str, Any]) -> Customer:
    """As in Lago, a null takes a customer off the provider, or off its Stripe customer, and none is created instead."""
    if billing.get("payment_provider", "") is None:
        return replace(unlinked(customer), payment_provider=None, payment_provider_code=None, sync_with_provider=False)
    if billing.get("provider_customer_id", "") is None:
        return replace(unlinked(customer), sync_with_provider=False)
    return customer


def unlinked_from_all(customer: Customer, now: datetime) -> Customer:
    """Off the provider; what may have been sent while the customer was linked is remembered."""
    return with_former_link(customer, cleared(customer, {"payment_provider": None}), now)


def chosen_integration(customer: Customer, billing: dict[str, Any], stores: Stores) -> Integration | None:
    """The account the customer is to be collected through: the named one, its own, or the organization's default.

    As in Lago, a customer is tied to an account only if that is asked for, here or by the account's own setting.
    """
    if billing.get("payment_provider", "") is None:
        return None
    code = billing.get("payment_provider_code") or customer.payment_provider_code
    return _of_code(code, customer, billing, stores) if code else _by_default(customer, billing, stores)


def _of_code(code: str, customer: Customer, billing: dict[str, Any], stores: Stores) -> Integration | None:
    found = stores.integrations.get(customer.organization_id, code)
    if found and found.disconnecting_since is None:
        return found
    if billing:
        raise InvalidInputError({"base": ["payment_provider_not_found"]})
    return None


def _by_default(customer: Customer, billing: dict[str, Any], stores: Stores) -> Integration | None:
    default = default_of(stores.integrations.all(customer.organization_id))
    asked = billing.get("payment_provider") or billing.get("provider_customer_id") or customer.sync_with_provider
    if asked and default is None:
        raise InvalidInputError({"base": ["payment_provider_not_found"]})
    return default if default and (asked or is_to_be_created(customer, default)) else None


def link(
    customer: Customer,
    before: Customer | None,
    *,
    billing: dict[str, Any],
    integration: Integration,
    gateways: Gateways,
    now: datetime,
) -> Customer:
    """Check a Stripe customer's id, and read the payment method that it has by now; forget the id where the account
    changed. The same customer that is sent again is read again: an event about it may never have come.

    Under another code of the same account the customer stays the same. One that Stripe has deleted is refused where it
    is named, and forgotten where another one is to be created. Raises InvalidInputError.
    """
    sent = billing.get("provider_customer_id")
    if not sent and _was_linked_to_another_account(before, integration):
        return unlinked(customer)
    wanted = sent or (customer.provider_customer_id if _is_read_again(before, billing, integration) else None)
    if not wanted:
        return customer
    found = gateways.of(integration).customer(wanted)
    if found:
        return _linked(customer, found, now)
    if not sent and is_to_be_created(customer, integration):
        return unlinked(customer)
    raise InvalidInputError({"provider_customer_id": ["provider_customer_not_found"]})


def _is_read_again(before: Customer | None, billing: dict[str, Any], integration: Integration) -> bool:
    has_another_code = before is not None and before.integration_id not in (None, integration.lago_id)
    return has_another_code or bool(billing.get("sync_with_provider"))


def _was_linked_to_another_account(before: Customer | None, integration: Integration) -> bool:
    return before is not None and before.integration_id is not None and not integration.leads_to(before)


def _linked(customer: Customer, found: ProviderCustomer, now: datetime) -> Customer:
    return replace(
        customer,
        provider_customer_id=found.id,
        payment_method_id=found.payment_method_id,
        payment_method_as_of=now - _CLOCK_DIFFERENCE,
        creation=None,
        creation_refused=None,
    )
