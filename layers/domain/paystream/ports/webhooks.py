"""How notifications reach an organization's URLs: the topic's HTTPS subscriptions, and what names lead to."""

from collections.abc import Sequence
from typing import Protocol

from paystream.model.webhook_endpoint import Subscription, SubscriptionStatus


class Subscriptions(Protocol):
    """The topic's HTTPS subscriptions. Each call may be repeated."""

    def subscribe(self, organization_id: str, endpoint_id: str, subscription: Subscription) -> str | None:
        """Ask the URL to confirm, and let nothing through but its organization's notifications, of its event types.

        What cannot be delivered goes to the endpoint's dead-letter queue. Returns the subscription's ARN, the same each
        time, or None if that is not known yet. Raises SubscriptionRefusedError if the URL is not taken.
        """
        ...

    def find(self, subscription: Subscription) -> str | None:
        """The ARN of a subscription whose ARN is not on record; None if there is none. Reads all of the topic's."""
        ...

    def status(self, arn: str) -> SubscriptionStatus:
        """Pending, confirmed, or expired: there is none."""
        ...

    def choose(self, arn: str, organization_id: str, event_types: Sequence[str] | None) -> bool:
        """Let other event types through; False if there is no such subscription, or it cannot be changed now."""
        ...

    def unsubscribe(self, arn: str) -> None:
        """End it. One that nobody has confirmed cannot be ended: it expires, or is confirmed."""
        ...

    def remove_dead_letters(self, endpoint_id: str) -> None:
        """Remove the endpoint's dead-letter queue, with what is in it."""
        ...


class Resolver(Protocol):
    """The names of hosts."""

    def addresses(self, host: str) -> tuple[str, ...]:
        """All IP addresses that a name leads to, or the address that it is; none if nobody knows it."""
        ...
