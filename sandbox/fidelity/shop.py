"""A business that uses Stripe through the product's own gateway, and makes with Stripe's library what only its
customers and its other programs make.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

import stripe
from paystream.adapters.stripe.gateway import StripeGateway
from paystream.model.card_details import CardDetails, LineItem
from paystream.model.customer import Customer
from paystream.ports.stripe import PaymentLinkRequest, PaymentRequest, RefundRequest
from paystream.steps.customers.begin_creation import begin_creation

DETAILS = CardDetails(
    order_reference="ACM0042003",
    statement_descriptor_suffix="M-0042-003",
    line_items=(LineItem(product_name="Setup", product_code="setup", quantity=2, unit_cost_cents=2100),),
)
RETURN_URL = "https://paystream.example/thanks"


class Shop:
    """`run` is in all that it names, so that it can be found and removed."""

    def __init__(self, gateway: StripeGateway, client: stripe.StripeClient, run: str, now: datetime) -> None:
        self.gateway = gateway
        self.stripe: Any = client.v1
        self.run = run
        self.since = now - timedelta(minutes=1)
        self._shape = ""
        self._names = 0

    def begin(self, shape: "Shape") -> None:
        """What is named from here on is named after the shape, whatever was asked before."""
        self._shape, self._names = f"{crc32(shape.name.encode()):08x}", 0

    def name(self) -> str:
        """Another one each time: an idempotency key, or the name of something."""
        self._names += 1
        return f"{self.run}-{self._shape}-{self._names}"

    def customer(self, **profile: str) -> str:
        """As Paystream creates one; returns the `cus_…` id."""
        name = self.name()
        long_ago = datetime(2026, 1, 1, tzinfo=UTC)
        customer = Customer(
            organization_id="fidelity",
            external_id=name,
            lago_id=name,
            profile={"name": "Fidelity", **profile},
            created_at=long_ago,
            updated_at=long_ago,
        )
        creation = begin_creation(customer, long_ago).creation
        assert creation
        return self.gateway.create_customer(creation.params, name)

    def attach(self, customer: str, card: str = "pm_card_visa") -> str:
        """A payment method of the customer; returns the `pm_…` id."""
        return str(self.stripe.payment_methods.attach(card, {"customer": customer}).id)

    def set_up(self, customer: str, **how: Any) -> str:
        """A payment method that a setup intent saves; returns the `pm_…` id."""
        mandate = {"customer_acceptance": {"type": "offline"}}
        saved = self.stripe.setup_intents.create(
            {"customer": customer, "confirm": True, "usage": "off_session", "return_url": RETURN_URL}
            | {"mandate_data": mandate}
            | how
        )
        return str(saved.payment_method)

    def request(self, customer: str, method: str | None, **changes: Any) -> PaymentRequest:
        """What Paystream sends for an attempt over 42.00 USD."""
        name = self.name()
        known = PaymentRequest(
            key=name,
            amount_cents=4200,
            currency="USD",
            provider_customer_id=customer,
            payment_method_id=method,
            payment_method_types=("card",),
            description=f"Fidelity - Invoice {name}",
            metadata={"lago_payment_id": name, "paystream_attempt": "1"},
            return_url=RETURN_URL,
            card_details=DETAILS,
        )
        return replace(known, **changes)

    def saved(self, card: str = "pm_card_visa", **changes: Any) -> PaymentRequest:
        """A charge of a new customer's saved payment method."""
        customer = self.customer()
        return self.request(customer, self.attach(customer, card), **changes)

    def unsaved(self, card: str, **changes: Any) -> PaymentRequest:
        """A charge of a test card that cannot be saved, since its bank declines that already."""
        return self.request(self.customer(), card, **changes)

    def paid(self) -> str:
        """A payment that has succeeded; returns the `pi_…` id."""
        return str(self.gateway.collect(self.saved()).intent_id)

    def refund(self, intent_id: str, amount_cents: int) -> RefundRequest:
        """What Paystream sends for a refund."""
        name = self.name()
        return RefundRequest(
            key=name,
            intent_id=intent_id,
            amount_cents=amount_cents,
            reason="requested_by_customer",
            metadata={"lago_refund_id": name},
        )

    def link(self, customer: str, **changes: Any) -> PaymentLinkRequest:
        """What Paystream sends for a page on which a customer pays."""
        name = self.name()
        known = PaymentLinkRequest(
            key=name,
            amount_cents=4200,
            currency="USD",
            provider_customer_id=customer,
            payment_method_types=("card",),
            item_name=name,
            description=f"Fidelity - Invoice {name}",
            metadata={"lago_payment_id": name},
            success_url=RETURN_URL,
            saves_method=True,
        )
        return replace(known, **changes)


@dataclass(frozen=True, slots=True)
class Shape:
    """A request as the adapter can send it, with what has to be there before. `settles` names the assumptions of the
    sandbox that Stripe's answer settles.
    """

    name: str
    ask: Callable[[Shop], object]
    settles: tuple[str, ...] = ()
