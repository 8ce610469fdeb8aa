"""A business that uses the sandbox through Stripe's own SDK."""

from typing import Any

import stripe
from sandbox.stripe.client import InProcessHTTPClient
from sandbox.stripe.clock import ManualClock
from sandbox.stripe.engine import StripeSandbox

SECRET_KEY = "sk_test_shop000000000000000000"


class Shop:
    """Builders with defaults that work; each test says only what matters to it."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.sandbox = StripeSandbox(self.clock)
        self.account = self.sandbox.add_account(SECRET_KEY, name="Shop")
        self.stripe = self.client(SECRET_KEY)

    def client(self, key: str) -> stripe.StripeClient:
        return stripe.StripeClient(key, http_client=InProcessHTTPClient(self.sandbox))

    def customer(self, **params: Any) -> stripe.Customer:
        wanted: Any = {"email": "ada@example.com", **params}
        return self.stripe.v1.customers.create(wanted)

    def saved_card(self, card: str = "pm_card_visa") -> tuple[stripe.Customer, stripe.PaymentMethod]:
        customer = self.customer()
        return customer, self.stripe.v1.payment_methods.attach(card, {"customer": customer.id})

    def charge(self, card: str = "pm_card_visa", key: str | None = None, **params: Any) -> stripe.PaymentIntent:
        """Charges a saved payment method off session."""
        customer, method = self.saved_card(card)
        return self.pay(key, customer=customer.id, payment_method=method.id, off_session=True, **params)

    def pay(self, key: str | None = None, **params: Any) -> stripe.PaymentIntent:
        """Creates and confirms a payment intent of 10.00 USD."""
        wanted: Any = {"amount": 1000, "currency": "usd", "confirm": True, **params}
        options: stripe.RequestOptions = {"idempotency_key": key} if key else {}
        return self.stripe.v1.payment_intents.create(wanted, options)

    def declined(self, card: str, **params: Any) -> stripe.CardError:
        """The error of a payment, on session, that is declined."""
        try:
            self.pay(payment_method=card, return_url="https://shop.example", **params)
        except stripe.CardError as error:
            return error
        raise AssertionError(f"{card} was not declined")

    def event_types(self) -> list[str]:
        """The types of all events, oldest first."""
        return [event["type"] for event in self.account.events]

    def count(self, operation: str) -> int:
        return self.sandbox.control.call_counts().get(operation, 0)
