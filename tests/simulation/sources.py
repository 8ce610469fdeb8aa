"""What begins invocations: streams, queues, schedules, Stripe's webhooks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from typing import Any, Protocol
from urllib.parse import urlsplit

from aws_in_memory.dynamodb.streams import Batch, Lane, StreamMapping
from aws_in_memory.dynamodb.tables import Key, Table
from aws_in_memory.dynamodb.values import Item
from aws_in_memory.queues import Message, Queue
from aws_in_memory.stack import QueueSettings, function_of_route
from sandbox.stripe.engine import StripeSandbox
from sandbox.stripe.webhooks import Delivery
from world.api_gateway import proxy_event

from .lambdas import Failed, Lambda
from .scheduler import Scheduler
from .weather import Weather

_LONGEST_PAUSE = 20.0
_STALE_AFTER = 200.0
"""Stripe signs what it sends; a signature is good for five minutes."""


class Source(Protocol):
    """`next_at` is when it can begin something, in epoch seconds: None if not until something else happens."""

    name: str

    def next_at(self, now: float) -> float | None: ...
    def start(self) -> None: ...


@dataclass(slots=True)
class Around:
    """What sources need."""

    scheduler: Scheduler
    compute: Lambda
    weather: Weather
    fills_batches: bool = False

    def batch_size(self, most: int) -> int:
        return most if self.fills_batches else self.scheduler.random.randint(1, most)

    def pause(self) -> float:
        return self.scheduler.random.random() * _LONGEST_PAUSE


@dataclass(slots=True)
class StreamSource:
    """One lane of a stream's mapping. There are many, and each is asked at each step: it is the lane that answers."""

    around: Around
    mapping: StreamMapping
    lane: Lane
    name: str
    next_at: Callable[[float], float | None] = field(init=False)

    def __post_init__(self) -> None:
        self.next_at = self.lane.next_at

    def start(self) -> None:
        size = self.mapping.settings.batch_size
        batch = self.mapping.take(self.lane, self.around.batch_size(size))
        if batch is not None:
            event = {"Records": [record.shown() for record in batch.records]}
            self.around.compute.invoke(self.mapping.settings.function, event, lambda answer: self._done(batch, answer))

    def _done(self, batch: Batch, answer: Any) -> None:
        if isinstance(answer, Failed):
            self.mapping.failed(self.lane, batch, pause=self.around.pause())
            return
        again = self.around.weather.delivers_again()
        self.mapping.succeeded(self.lane, batch, answer, again=again, pause=self.around.pause())


@dataclass(slots=True)
class QueueSource:
    """A queue's mapping: some messages at a time, in no order, and seldom one of them twice."""

    around: Around
    settings: QueueSettings
    queue: Queue
    name: str
    at_once: int = 0

    def next_at(self, now: float) -> float | None:
        if self.at_once >= self.settings.most_at_once:
            return None
        return now if self.queue.visible(now) else self.queue.next_visible_at()

    def start(self) -> None:
        random, now = self.around.scheduler.random, self.around.scheduler.clock.now()
        number = self.around.batch_size(self.settings.batch_size)
        batch: list[Message] = []
        while len(batch) < number and self.queue.visible(now):
            batch.append(self.queue.receive(random.randrange(min(20, len(self.queue.visible(now)))), now))
        if not batch:
            return
        self.at_once += 1
        event = {"Records": [_queue_record(message) for message in batch]}
        self.around.compute.invoke(self.settings.function, event, lambda answer: self._done(batch, answer))

    def _done(self, batch: Sequence[Message], answer: Any) -> None:
        self.at_once -= 1
        if isinstance(answer, Failed):
            return
        failed = _failed_items(answer) if self.settings.reports_failures else set()
        if "" in failed or failed - {message.message_id for message in batch}:
            return
        for message in batch:
            if message.message_id not in failed and not self.around.weather.delivers_again():
                message.deleted = True


def _failed_items(answer: Any) -> set[str]:
    return {failure["itemIdentifier"] for failure in (answer or {}).get("batchItemFailures", ())}


def _queue_record(message: Message) -> dict[str, Any]:
    return {
        "messageId": message.message_id,
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": str(message.receive_count)},
        "eventSource": "aws:sqs",
    }


@dataclass(slots=True)
class ScheduleSource:
    """A function that runs again and again; a run is left out where `has_work` says that it would find nothing."""

    around: Around
    function: str
    every: float
    has_work: Callable[[], float | None]
    name: str
    is_running: bool = False
    next_run: float = 0.0

    def next_at(self, now: float) -> float | None:
        """When the pause is over and there is something to do; not while it runs."""
        work_at = self.has_work()
        return None if work_at is None or self.is_running else max(self.next_run, work_at)

    def start(self) -> None:
        now = self.around.scheduler.clock.now()
        self.next_run = now + self.every
        self.is_running = True
        event = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
        self.around.compute.invoke(self.function, event, self._done)

    def _done(self, answer: Any) -> None:
        self.is_running = False


@dataclass(slots=True)
class NextDue:
    """When the first item of a table is due: what the schedule would find if its index did not lag. `marker` is the
    attribute that puts an item into that index, `time` the one that says when.
    """

    table: Table
    marker: str
    time: str = "due_at"
    _due: list[tuple[str, Key]] = field(default_factory=list)

    def watch(self, table: Table, key: Key, before: Item | None, after: Item | None) -> None:
        due_at = after.get(self.time, {}).get("S") if after else None
        if due_at is not None and (before is None or before.get(self.time, {}).get("S") != due_at):
            heappush(self._due, (due_at, key))

    def at(self) -> float | None:
        """In epoch seconds; None if nothing is due at any time."""
        while self._due:
            due_at, key = self._due[0]
            item = self.table.get(key)
            if item is not None and item.get(self.time, {}).get("S") == due_at and self.marker in item:
                return datetime.fromisoformat(due_at).timestamp()
            heappop(self._due)
        return None


@dataclass(slots=True)
class WebhookSource:
    """Stripe's deliveries, in any order among those that are due."""

    around: Around
    sandbox: StripeSandbox
    name: str = "webhook"
    waiting: list[tuple[float, Delivery]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    """The ids of the events that were taken."""

    def next_at(self, now: float) -> float | None:
        return now if self.waiting else self.sandbox.next_due()

    def start(self) -> None:
        now = self.around.scheduler.clock.now()
        self.waiting += [(now, delivery) for delivery in self.sandbox.due_deliveries()]
        if not self.waiting:
            return
        position = self.around.scheduler.random.randrange(min(len(self.waiting), 20))
        signed_at, delivery = self.waiting.pop(position)
        if now - signed_at > _STALE_AFTER:
            self.sandbox.delivered(delivery, None)
        else:
            self.deliver(delivery)

    def deliver(self, delivery: Delivery) -> None:
        url = urlsplit(delivery.url)
        resource = "/api/v1/webhooks/stripe/{organization_id}"
        event = proxy_event(
            "POST", f"{url.path}?{url.query}", delivery.body.decode(), headers=delivery.headers, organization_id=""
        )
        organization_id = url.path.rpartition("/")[2]
        event |= {"resource": resource, "pathParameters": {"organization_id": organization_id}}
        self.around.compute.invoke(
            function_of_route("POST", resource), event, lambda answer: self._done(delivery, answer)
        )

    def _done(self, delivery: Delivery, answer: Any) -> None:
        status = None if isinstance(answer, Failed) else answer["statusCode"]
        if status == 200:
            self.taken.add(delivery.event_id)
        self.sandbox.delivered(delivery, status)
