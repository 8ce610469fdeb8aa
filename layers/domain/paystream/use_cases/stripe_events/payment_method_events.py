"""What Stripe's events can say of the payment methods of a customer."""

from dataclasses import dataclass
from datetime import datetime

from paystream.model.customer import Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSaved:
    """A method was set up to be charged off session: for that alone, or `by_paying`."""

    provider_customer_id: str
    payment_method_id: str
    occurred_at: datetime
    by_paying: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultChanged:
    """Stripe's own default is another one; None: there is none any more."""

    provider_customer_id: str
    payment_method_id: str | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodAttached:
    """A method of this type has come."""

    provider_customer_id: str
    payment_method_id: str
    method_type: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodDetached:
    """A method is gone."""

    provider_customer_id: str
    payment_method_id: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRenewed:
    """What is on file of a method, a card's number or its expiry, is another than before."""

    provider_customer_id: str
    payment_method_id: str
    occurred_at: datetime


PaymentMethodEvent = MethodSaved | DefaultChanged | MethodAttached | MethodDetached | MethodRenewed
"""The payment methods of a Stripe customer have changed."""


def is_old(event: PaymentMethodEvent, customer: Customer) -> bool:
    """Whether later news is known. Stripe's times are whole seconds, ours are not.

    That a method was attached does not outweigh news of the same second: it may have been detached in it.
    """
    if customer.payment_method_as_of is None:
        return False
    known = customer.payment_method_as_of.replace(microsecond=0)
    return event.occurred_at <= known if isinstance(event, MethodAttached) else event.occurred_at < known


def is_first(event: MethodAttached, customer: Customer) -> bool:
    """Whether it can be charged, and is the first: there was no default."""
    is_usable = event.method_type in customer.charged_types
    return customer.payment_method_id is None and is_usable and not is_old(event, customer)
