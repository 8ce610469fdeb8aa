"""All requests against one Stripe, the real one or the sandbox, and what is left of them removed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import stripe
from paystream.adapters.stripe.gateway import API_VERSION
from paystream.adapters.stripe.gateways import StripeGateways
from paystream.adapters.stripe.lookups import metadata_of
from paystream.adapters.stripe.rate_limiter import RateLimiter
from paystream.errors import PaystreamError
from paystream.model.outcome import Failure, Outcome
from paystream.model.refund import RefundOutcome
from paystream.ports.secrets import Secrets
from sandbox.stripe.client import InProcessHTTPClient
from sandbox.stripe.clock import ManualClock
from sandbox.stripe.engine import StripeSandbox

from .exchanges import Exchange, Recorder
from .objects import OBJECTS
from .payments import PAYMENTS
from .refusals import REFUSALS
from .shop import Shape, Shop

SHAPES: tuple[Shape, ...] = (*PAYMENTS, *REFUSALS, *OBJECTS)
STRIPE = "https://api.stripe.com"
_SANDBOX_KEY = "sk_test_fidelity000000000000"
_CANCELABLE = ("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture")
_UNANSWERED = ("APIConnectionError", "APIError", "OutcomeUnknownError", "RateLimitError", "RateLimitedError")
_CLOCK_DIFFERENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Result:
    """What passed for one shape. `meaning` is what the product makes of the last answer."""

    shape: Shape
    meaning: str
    exchanges: tuple[Exchange, ...]

    @property
    def is_answered(self) -> bool:
        """Whether it says something about Stripe, and not about the way there."""
        return self.meaning not in _UNANSWERED


@dataclass(frozen=True, slots=True)
class Run:
    """What passed for all of them; `name` is in whatever was named in it. `left` says what could not be removed."""

    name: str
    results: tuple[Result, ...]
    left: tuple[str, ...] = ()


class Target:
    """One account of one Stripe. Nothing of it shows the key."""

    def __init__(self, secret_key: str, http_client: stripe.HTTPClient, api_base: str = STRIPE) -> None:
        self._recorder = Recorder(http_client)
        gateways = StripeGateways(
            cast("Secrets", None), api_base=api_base, http_client=self._recorder, limiter=cast("RateLimiter", None)
        )
        self.gateway = gateways.with_key(secret_key)
        self._client = stripe.StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base},
            max_network_retries=1,
            http_client=self._recorder,
        )

    def play(self, shapes: Iterable[Shape] = SHAPES) -> Run:
        """Ask for all of them. What was made is removed, also if a person breaks it off."""
        name, now = f"fidelity-{uuid4().hex[:12]}", datetime.now(UTC)
        shop = Shop(self.gateway, self._client, name, now)
        left: list[str] = []
        try:
            results = tuple(self._result(shape, shop) for shape in shapes)
        finally:
            left += _Cleaner(self._client, name, now - _CLOCK_DIFFERENCE).clean()
        return Run(name, results, tuple(left))

    def _result(self, shape: Shape, shop: Shop) -> Result:
        self._recorder.exchanges.clear()
        shop.begin(shape)
        try:
            meaning = _meaning(shape.ask(shop))
        except (PaystreamError, stripe.StripeError) as error:
            meaning = type(error).__name__
        return Result(shape, meaning, tuple(self._recorder.exchanges))


def sandbox(country: str = "US", currency: str = "usd") -> Target:
    """The Stripe sandbox, in this process, with an account of that country and currency."""
    stripe_sandbox = StripeSandbox(ManualClock(datetime.now(UTC).timestamp()))
    stripe_sandbox.add_account(_SANDBOX_KEY, name="Fidelity", country=country, currency=currency)
    return Target(_SANDBOX_KEY, InProcessHTTPClient(stripe_sandbox))


def _meaning(result: object) -> str:
    match result:
        case Outcome(failure=Failure() as failure):
            return f"{result.status}: {failure.decline_code or failure.code}"
        case Outcome() | RefundOutcome():
            return str(result.status)
        case None:
            return "nothing"
        case _:
            return "an answer"


class _Cleaner:
    """Removes what bears the name of a run, also that of which no answer came."""

    def __init__(self, client: stripe.StripeClient, name: str, since: datetime) -> None:
        self._v1: Any = client.v1
        self._name = name
        self._since = int(since.timestamp())
        self._left: list[str] = []

    def clean(self) -> list[str]:
        """What could not be removed."""
        for endpoint in self._all(self._v1.webhook_endpoints, {}):
            if self._name in endpoint.url:
                self._try(f"the webhook endpoint {endpoint.url}", self._v1.webhook_endpoints.delete, endpoint.id)
        for customer in self._all(self._v1.customers, {"created": {"gte": self._since}}):
            if metadata_of(customer).get("lago_customer_id", "").startswith(self._name):
                self._remove(customer.id)
        return self._left

    def _remove(self, customer: str) -> None:
        for session in self._all(self._v1.checkout.sessions, {"customer": customer, "status": "open"}):
            self._try("an open page", self._v1.checkout.sessions.expire, session.id)
        for intent in self._all(self._v1.payment_intents, {"customer": customer}):
            if intent.status in _CANCELABLE:
                self._try("an open payment intent", self._v1.payment_intents.cancel, intent.id)
        self._try("a customer", self._v1.customers.delete, customer)

    def _all(self, resource: Any, params: dict[str, Any]) -> list[Any]:
        """One page after the other; the rest is left if Stripe refuses."""
        try:
            return list(resource.list({**params, "limit": 100}).auto_paging_iter())
        except stripe.StripeError:
            self._left.append(f"what the list of {type(resource).__name__} would have shown")
            return []

    def _try(self, what: str, remove: Any, of: str) -> None:
        try:
            remove(of)
        except stripe.StripeError:
            self._left.append(what)
