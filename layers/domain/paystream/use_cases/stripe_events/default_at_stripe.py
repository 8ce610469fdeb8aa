"""Nothing is charged but Stripe's default: what is saved, or the first that comes, is made that."""

from datetime import datetime

from paystream.errors import ProviderRefusedError
from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.use_cases.stripe_events.payment_method_events import (
    DefaultChanged,
    MethodAttached,
    MethodSaved,
    PaymentMethodEvent,
    is_first,
    is_old,
)


def with_default_at_stripe(
    event: PaymentMethodEvent,
    ours: list[Customer],
    integration: Integration,
    *,
    stores: Stores,
    gateways: Gateways,
    now: datetime,
) -> PaymentMethodEvent | None:
    """The event, once its method is Stripe's default where it is to be; None if it cannot be: it is gone already.
    Raises OutcomeUnknownError, KeyRefusedError.
    """
    if isinstance(event, MethodSaved) and not all(is_old(event, customer) for customer in ours):
        chosen = _chosen_since(event, ours, integration, stores=stores, gateways=gateways, now=now)
        is_default = chosen is None and _make_default(event, integration, stores, gateways, now)
        return event if is_default else chosen
    if isinstance(event, MethodAttached) and any(is_first(event, customer) for customer in ours):
        return _adopt(event, integration, stores, gateways, now)
    return event


def _adopt(
    event: MethodAttached, integration: Integration, stores: Stores, gateways: Gateways, now: datetime
) -> DefaultChanged | None:
    """Nothing is charged but Stripe's default: the first method becomes that, unless another was chosen meanwhile.
    None if it cannot be.
    """
    found: str | None = None
    try:
        with calls_stripe(integration, "customer.update", stores=stores, gateways=gateways, now=now) as gateway:
            customer = gateway.customer(event.provider_customer_id)
            found = customer.payment_method_id if customer else None
            if found is None:
                gateway.set_default_payment_method(event.provider_customer_id, event.payment_method_id)
    except ProviderRefusedError:
        return None
    return DefaultChanged(
        provider_customer_id=event.provider_customer_id,
        payment_method_id=found or event.payment_method_id,
        occurred_at=event.occurred_at,
    )


def _chosen_since(
    event: MethodSaved,
    ours: list[Customer],
    integration: Integration,
    *,
    stores: Stores,
    gateways: Gateways,
    now: datetime,
) -> DefaultChanged | None:
    """What has just paid becomes the default, unless another one was chosen since: Stripe's is another than is known
    here, and its event is still to come. What was saved for that alone becomes it in any case.
    """
    if not event.by_paying:
        return None
    with calls_stripe(integration, "customer.retrieve", stores=stores, gateways=gateways, now=now) as gateway:
        customer = gateway.customer(event.provider_customer_id)
    current = customer.payment_method_id if customer else None
    if current in (None, *(one.payment_method_id for one in ours)):
        return None
    return DefaultChanged(
        provider_customer_id=event.provider_customer_id, payment_method_id=current, occurred_at=event.occurred_at
    )


def _make_default(
    event: MethodSaved, integration: Integration, stores: Stores, gateways: Gateways, now: datetime
) -> bool:
    """Make the saved method Stripe's default; False if it cannot be: it was detached, or its customer deleted."""
    try:
        with calls_stripe(integration, "customer.update", stores=stores, gateways=gateways, now=now) as gateway:
            gateway.set_default_payment_method(event.provider_customer_id, event.payment_method_id)
    except ProviderRefusedError:
        return False
    return True
