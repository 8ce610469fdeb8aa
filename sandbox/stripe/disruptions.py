"""How webhooks go wrong on purpose: Stripe promises neither order nor uniqueness nor, beyond three days, arrival."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from .webhooks import Delivery


class DisruptionMode(StrEnum):
    DROP = "drop"
    """Never delivered, and not retried: the event stays undelivered."""
    DUPLICATE = "duplicate"
    DELAY = "delay"
    REORDER = "reorder"
    """Kept back until `count` deliveries came together, then sent in reverse."""


@dataclass(slots=True)
class WebhookDisruption:
    """Befalls the next `count` deliveries, of these event types if any are given; None: all from now on."""

    mode: DisruptionMode
    count: int | None = 1
    types: Sequence[str] = ()
    seconds: float = 60.0
    kept: list[Delivery] = field(default_factory=list)

    def matches(self, delivery: Delivery) -> bool:
        return not self.types or delivery.event_type in self.types

    def apply(self, delivery: Delivery) -> list[Delivery]:
        """What is queued instead of the delivery."""
        if self.count is not None:
            self.count -= 1
        match self.mode:
            case DisruptionMode.DROP:
                return []
            case DisruptionMode.DUPLICATE:
                return [delivery, replace(delivery, duplicate=True)]
            case DisruptionMode.DELAY:
                return [replace(delivery, due_at=delivery.due_at + self.seconds)]
            case DisruptionMode.REORDER:
                self.kept.append(delivery)
                return self.release() if not self.count else []

    def release(self) -> list[Delivery]:
        released, self.kept = self.kept[::-1], []
        latest = max((delivery.due_at for delivery in released), default=0.0)
        return [replace(delivery, due_at=latest) for delivery in released]


class WebhookDisruptions:
    """The disruptions still to come, in the order in which they were asked for."""

    def __init__(self, push: Callable[[Delivery], None]) -> None:
        self._push = push
        self._pending: list[WebhookDisruption] = []

    def add(self, disruption: WebhookDisruption) -> None:
        self._pending.append(disruption)

    def clear(self) -> None:
        """Ends all disruptions; what was kept back to be reordered is sent now."""
        for disruption in self._pending:
            for delivery in disruption.release():
                self._push(delivery)
        self._pending.clear()

    def apply(self, delivery: Delivery) -> list[Delivery]:
        for disruption in self._pending:
            if disruption.matches(delivery):
                results = disruption.apply(delivery)
                if disruption.count == 0:
                    self._pending.remove(disruption)
                return results
        return [delivery]
