"""One Stripe account: its objects, and what Stripe knows about them but does not show."""

from dataclasses import dataclass

from .account_refusals import AccountRefusal
from .declines import Decline
from .idempotency import IdempotencyKeys
from .instruments import Instrument
from .store import Collection
from .wire import JsonObject


@dataclass(slots=True)
class MethodState:
    """What is behind a payment method, and what was done with it."""

    instrument: Instrument
    set_up: bool = False
    """Authenticated for later use: by a setup intent, or a payment with `setup_future_usage`."""
    spent: bool = False
    """Detached, or used without a customer: it may not be used again."""
    decline: Decline | None = None
    """Set through the control interface: the outcome of charges from now on, whatever the card is."""


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    value: str
    expires_at: float | None = None


class Account:
    """The objects of one account; nothing is shared between accounts."""

    def __init__(self, account_id: str, details: JsonObject) -> None:
        self.id = account_id
        self.details = details
        self.idempotency = IdempotencyKeys()
        self.refusal: AccountRefusal | None = None
        self.customers = Collection("customer", indexed=("email",))
        self.payment_methods = Collection("PaymentMethod", "payment_method", indexed=("customer",))
        self.payment_intents = Collection("payment_intent", "intent", indexed=("customer",))
        self.setup_intents = Collection("setupintent", "intent", indexed=("customer",))
        self.checkout_sessions = Collection("checkout.session", indexed=("payment_intent", "customer"))
        self.charges = Collection("charge", indexed=("payment_intent", "customer"))
        self.refunds = Collection("refund", indexed=("payment_intent", "charge"))
        self.disputes = Collection("dispute", indexed=("payment_intent", "charge"))
        self.events = Collection("event", indexed=("type",))
        self.webhook_endpoints = Collection("webhook endpoint", "webhook_endpoint")
        self.methods: dict[str, MethodState] = {}
        self.activated: frozenset[str] | None = None
        """The types of payment method that are switched on; None: all that the sandbox has."""
        self.left_out: dict[str, frozenset[str]] = {}
        """By kind of object, the fields that it comes without."""
        self._cash: dict[tuple[str, str], int] = {}
        self.webhook_secrets: dict[str, list[WebhookSecret]] = {}
        self.line_items: dict[str, list[JsonObject]] = {}
        """Of checkout sessions, by their id."""
        self.intent_data: dict[str, JsonObject] = {}
        """The parameters of checkout sessions, by their id: what their payment intent is to be made from."""

    def check_that_it_charges(self, method_type: str | None) -> None:
        """Raises `ApiError` if the account is refused charges of this type; None where the type is not chosen yet."""
        if self.refusal is not None:
            self.refusal.check(method_type)

    def put_cash(self, customer_id: str, currency: str, amount: int) -> None:
        """So much more is in a customer's balance, in minor units."""
        self._cash[customer_id, currency] = self._cash.get((customer_id, currency), 0) + amount

    def take_cash(self, customer_id: str, currency: str, wanted: int) -> int:
        """What could be taken from a customer's balance: so much, or all that there is."""
        taken = min(wanted, self._cash.get((customer_id, currency), 0))
        self.put_cash(customer_id, currency, -taken)
        return taken

    def find(self, object_id: str) -> JsonObject | None:
        """Any object by its id."""
        prefix = object_id.split("_", 1)[0]
        collection = {
            "cus": self.customers,
            "pm": self.payment_methods,
            "card": self.payment_methods,
            "src": self.payment_methods,
            "pi": self.payment_intents,
            "seti": self.setup_intents,
            "cs": self.checkout_sessions,
            "ch": self.charges,
            "py": self.charges,
            "re": self.refunds,
            "pyr": self.refunds,
            "dp": self.disputes,
            "we": self.webhook_endpoints,
            "evt": self.events,
        }.get(prefix)
        return collection.get(object_id) if collection else None
