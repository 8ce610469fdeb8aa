"""What an endpoint has at hand while it serves one request."""

from dataclasses import dataclass

from .absent_fields import without_absent
from .accounts import Account
from .agenda import Agenda, TaskKind
from .clock import Clock
from .ids import Ids
from .webhooks import WebhookQueue
from .wire import JsonObject

API_VERSION = "2026-10-28.endive"
"""The version that the SDK the project is locked to pins; also the default version of each account."""


@dataclass(slots=True)
class Settings:
    """What can be set while the sandbox runs. Times are in seconds."""

    public_url: str = "https://sandbox.stripe.test"
    """Where a person finds the hosted pages."""
    # Assumed (settlement): bank debits and refunds settle after one time, whatever their type.
    settlement_delay: float = 3.0
    """How long a bank debit is `processing`."""
    refuses_refunds_over_the_rest: bool = True
    """As Stripe does. Without it, who asks for more than was paid is not saved from it."""
    lists_what_deleted_customers_have: bool = True
    """Assumed: Stripe says only that they can be retrieved, to track their history."""


@dataclass(slots=True)
class World:
    """What all accounts share."""

    clock: Clock
    ids: Ids
    webhooks: WebhookQueue
    agenda: Agenda
    settings: Settings


@dataclass(slots=True)
class Context:
    """One request (or, with no request id, one thing that happens automatically) in one account."""

    world: World
    account: Account
    request_id: str | None = None
    idempotency_key: str | None = None

    @property
    def now(self) -> int:
        return int(self.world.clock.now())

    def new_id(self, prefix: str) -> str:
        return self.world.ids.new(prefix)

    def later(self, seconds: float, kind: TaskKind, object_id: str) -> None:
        self.world.agenda.add(self.world.clock.now() + seconds, kind, self.account.id, object_id)

    def emit(self, event_type: str, item: JsonObject, previous: JsonObject | None = None) -> None:
        """Records the event and queues its deliveries; `previous` holds what changed attributes were before."""
        data: JsonObject = {"object": without_absent(item, self.account.left_out)}
        if previous is not None:
            data["previous_attributes"] = previous
        subscribed = self.world.webhooks.subscribers(self.account, event_type)
        event = self.account.events.add(
            {
                "id": self.new_id("evt"),
                "object": "event",
                "api_version": API_VERSION,
                "created": self.now,
                "data": data,
                "livemode": False,
                "pending_webhooks": len(subscribed),
                "request": {"id": self.request_id, "idempotency_key": self.idempotency_key},
                "type": event_type,
            }
        )
        for endpoint in subscribed:
            self.world.webhooks.enqueue(self.account, event, endpoint, self.world.clock.now())
