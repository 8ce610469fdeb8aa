"""What is sent on: to the queues and to the topic."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from paystream.model.notification import Notification
from paystream.model.schedule import DueInvoice


class CollectionQueue(Protocol):
    """Work to be done soon, outside of the request that found it."""

    def collect_waiting(self, organization_id: str, external_customer_id: str, *, after_seconds: float = 0) -> None: ...
    def resume_collection(self, organization_id: str, integration_id: str, *, cursor: str | None = None) -> None:
        """What waits for the integration's secret key is to be due, from this cursor of `DueInvoices.paused` on."""
        ...


class DueQueue(Protocol):
    """Open invoices to be looked at again. Taken in turns, so that no organization waits for another one's many."""

    def hand_out(self, due: Sequence[DueInvoice], at: datetime) -> tuple[DueInvoice, ...]:
        """Send the invoices in their order, those of an organization together; returns those that were not taken."""
        ...


class Publisher(Protocol):
    """The topic."""

    def publish(self, notifications: Sequence[Notification]) -> tuple[Notification, ...]:
        """Send the notifications and return those that were not taken."""
        ...
