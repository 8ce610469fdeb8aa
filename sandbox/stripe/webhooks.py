"""Webhook deliveries: signed when sent, retried with growing pauses: https://docs.stripe.com/webhooks."""

import hashlib
import heapq
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count

from .accounts import Account
from .wire import JsonObject


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """Pauses in seconds double from `first` to `longest` until `horizon`: three days, as in live mode."""

    first: float = 300.0
    longest: float = 12 * 3600.0
    horizon: float = 3 * 24 * 3600.0

    def pause(self, attempt: int) -> float:
        return float(min(self.longest, self.first * 2 ** (attempt - 1)))


@dataclass(slots=True)
class Delivery:
    """One event for one endpoint. `attempt` counts from 1; headers and body are there once it was taken as due."""

    account_id: str
    endpoint_id: str
    event_id: str
    event_type: str
    first_due_at: float
    due_at: float
    attempt: int = 1
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    duplicate: bool = False


Disruption = Callable[[Delivery], list[Delivery]]


def signature(secrets: list[str], body: bytes, timestamp: int) -> str:
    """The `Stripe-Signature` header: one `v1` per valid secret, so that a secret can be rolled without a gap."""
    signed = b"%d.%s" % (timestamp, body)
    digests = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={digest}" for digest in digests)])


class WebhookQueue:
    """The deliveries of all accounts, by the time at which they are due."""

    def __init__(self, retries: RetrySchedule) -> None:
        self.retries = retries
        self.disrupt: Disruption | None = None
        self._heap: list[tuple[float, int, Delivery]] = []
        self._sequence = count()

    def __len__(self) -> int:
        return len(self._heap)

    def subscribers(self, account: Account, event_type: str) -> list[JsonObject]:
        """The enabled endpoints that asked for this type of event."""
        return [
            endpoint
            for endpoint in account.webhook_endpoints
            if endpoint.get("status") == "enabled"
            and ("*" in endpoint["enabled_events"] or event_type in endpoint["enabled_events"])
        ]

    def enqueue(self, account: Account, event: JsonObject, endpoint: JsonObject, now: float) -> None:
        delivery = Delivery(account.id, endpoint["id"], event["id"], event["type"], now, now)
        for result in self.disrupt(delivery) if self.disrupt else [delivery]:
            self.push(result)

    def push(self, delivery: Delivery) -> None:
        heapq.heappush(self._heap, (delivery.due_at, next(self._sequence), delivery))

    def clear(self) -> None:
        self._heap.clear()

    @staticmethod
    def unmake(delivery: Delivery, account: Account) -> None:
        """The event was never made, for no endpoint: it is in no list either, which happens at Stripe.

        Source: https://docs.stripe.com/api/v2/core/events/event-types (event_generation_failure)
        """
        event = account.events.get(delivery.event_id)
        if event and not event.get("deleted"):
            account.events.delete(delivery.event_id)

    def next_due(self) -> float | None:
        return self._heap[0][0] if self._heap else None

    def take_due(self, accounts: dict[str, Account], now: float) -> list[Delivery]:
        """The deliveries to send now, signed; the caller reports each with `delivered`."""
        due: list[Delivery] = []
        while self._heap and self._heap[0][0] <= now:
            delivery = heapq.heappop(self._heap)[2]
            if self._sign(delivery, accounts[delivery.account_id], now):
                due.append(delivery)
        return due

    def delivered(self, delivery: Delivery, status: int | None, account: Account, now: float) -> None:
        """Any 2xx is success; all else, or no answer at all (None), is tried again later."""
        event = account.events.get(delivery.event_id)
        if event is None:
            return
        if status is not None and 200 <= status < 300:
            if not delivery.duplicate:
                account.events.change(event["id"], pending_webhooks=max(0, event["pending_webhooks"] - 1))
            return
        next_try = now + self.retries.pause(delivery.attempt)
        if not delivery.duplicate and next_try - delivery.first_due_at <= self.retries.horizon:
            self.push(replace(delivery, attempt=delivery.attempt + 1, due_at=next_try))

    def _sign(self, delivery: Delivery, account: Account, now: float) -> bool:
        endpoint = account.webhook_endpoints.get(delivery.endpoint_id)
        event = account.events.get(delivery.event_id)
        if event is None or endpoint is None or endpoint.get("status") != "enabled":
            return False
        event = {**event, "api_version": endpoint["api_version"] or event["api_version"]}
        secrets = [
            secret.value
            for secret in account.webhook_secrets[endpoint["id"]]
            if secret.expires_at is None or secret.expires_at > now
        ]
        delivery.url = endpoint["url"]
        delivery.body = json.dumps(event, separators=(",", ":")).encode()  # not as a receiver would write it again
        delivery.headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Accept": "*/*",
            "Cache-Control": "no-cache",
            "Stripe-Signature": signature(secrets, delivery.body, int(now)),
        }
        return True
