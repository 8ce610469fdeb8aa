"""A world in which time passes where it does in life: while a call is under way. Any number of calls are, at once.

In `World` each step of anybody takes a little time, so nothing can be said of how long something takes. Here work takes
none, and a call takes its latency: how fast something goes depends on the functions' concurrency.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from aws_in_memory.dynamodb.tables import Key, Table
from aws_in_memory.dynamodb.values import Item
from sandbox.stripe.calls import Call, CallLog
from sandbox.stripe.webhooks import Delivery

from .effects import Effects, Moment, Perform
from .lambdas import Invocation
from .sources import ScheduleSource
from .stripe_client import SERVICE as STRIPE
from .weather import PROFILES, Profile
from .world import World


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from a request to its answer, in the mean: each call takes from half of it to one and a half."""

    stripe: float = 1.5
    aws: float = 0.005


class TimedEffects(Effects):
    """A request arrives at once, its answer after the latency. Counts the calls of each operation on each table."""

    def __init__(self, world: World, latency: Latency) -> None:
        super().__init__(world.scheduler, world.compute, world.trace)
        self.calls: Counter[tuple[str, str]] = Counter()
        self._latency = latency

    def perform(self, service: str, operation: str, parameters: Mapping[str, Any], perform: Perform) -> Any:
        self.calls[operation, parameters.get("TableName", service)] += 1
        return super().perform(service, operation, parameters, perform)

    def _turn(self, invocation: Invocation, number: int, moment: Moment, name: str) -> None:
        if moment is Moment.AFTER:
            mean = self._latency.stripe if name.startswith(STRIPE) else self._latency.aws
            self.scheduler.sleep(mean * (0.5 + self.scheduler.random.random()))


class StripeCalls(CallLog):
    """All calls of Stripe: how many, by account, endpoint and status; and when each of an endpoint arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.by_account: Counter[tuple[str | None, str, int]] = Counter()
        self.arrivals: dict[tuple[str | None, str], list[float]] = {}

    def record(self, call: Call) -> None:
        super().record(call)
        self.by_account[call.account, call.endpoint, call.status] += 1
        self.arrivals.setdefault((call.account, call.endpoint), []).append(call.at)


class Invoices:
    """When each invoice was put and when it succeeded, in epoch seconds, by its id."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.put_at: dict[str, float] = {}
        self.succeeded_at: dict[str, float] = {}
        self._now = now

    def watch(self, table: Table, key: Key, before: Item | None, after: Item | None) -> None:
        if after is None:
            return
        invoice_id = after["lago_id"]["S"]
        self.put_at.setdefault(invoice_id, self._now())
        if after.get("payment_status", {}).get("S") == "succeeded":
            self.succeeded_at.setdefault(invoice_id, self._now())


class TimedWorld(World):
    """Batches are as full as they can be; the schedule can be held."""

    def __init__(self, seed: int, latency: Latency, *, profile: Profile = PROFILES["calm"]) -> None:
        super().__init__(seed, profile=profile)
        self.timed = self.effects = TimedEffects(self, latency)
        self.calls = self.stripe.log = StripeCalls()
        self.invoices = Invoices(self.clock.now)
        self.database.tables["InvoicesTable"].watchers.append(self.invoices.watch)
        self.webhooks.around.fills_batches = True
        self.stripe.world.webhooks.disrupt = lambda delivery: self._late(delivery, 2 * latency.stripe)
        self._held: list[ScheduleSource] = []

    def _late(self, delivery: Delivery, seconds: float) -> list[Delivery]:
        """Stripe sends no event before it has answered."""
        return [replace(one, due_at=one.due_at + seconds) for one in self.weather.disrupt(delivery)]

    def hold_schedule(self) -> None:
        """No run of a schedule begins until it is released."""
        self._held += [source for source in self.sources if isinstance(source, ScheduleSource)]
        self.sources = [source for source in self.sources if not isinstance(source, ScheduleSource)]

    def release_schedule(self) -> None:
        self.sources += self._held
        self._held = []

    def step(self, until: float = inf) -> bool:
        """What can go on does; then what can begin begins; only then time passes, to the next thing that happens."""
        self.trace.steps += 1
        self.scheduler.run_timers()
        happened = self._happens(until)
        self.invariants.look_at_what_was_written()
        if self.invariants.violations or self.compute.unexpected:
            self._raise()
        return happened

    def _happens(self, until: float) -> bool:
        if self.scheduler.runnable:
            self.scheduler.resume_one()
            return True
        now, begins = self.clock.seconds, False
        for source in self.sources:
            at = source.next_at(now)
            if at is not None and at <= now:
                source.start()
                begins = True
        upcoming = None if begins else self._next_event()
        if upcoming is not None:
            self.clock.seconds = max(now, min(upcoming, until))
        return begins or upcoming is not None
