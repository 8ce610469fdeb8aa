"""One world: Paystream's stack, AWS and Stripe in memory, driven by one seed. Same seed, same world."""

import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from math import inf
from random import Random
from typing import Any, Self

import pytest
import stripe
from aws_in_memory import stack
from aws_in_memory.buckets import Buckets
from aws_in_memory.dynamodb.database import DynamoDB
from aws_in_memory.dynamodb.streams import StreamMapping
from aws_in_memory.dynamodb.tables import Key
from aws_in_memory.dynamodb.values import Item
from aws_in_memory.https_subscriptions import HttpsSubscriptions
from aws_in_memory.queues import Queues
from aws_in_memory.secrets import Secrets
from aws_in_memory.topics import Topics
from paystream.model.identifiers import payment_id
from paystream.observability import logger
from sandbox.stripe.accounts import Account
from sandbox.stripe.client import InProcessHTTPClient
from sandbox.stripe.context import Settings
from sandbox.stripe.engine import StripeSandbox
from sandbox.stripe.ids import Ids
from world.api_gateway import proxy_event
from world.world import START

from .at_stripe import WatchedGateway, watch
from .composition import compose, forget_threads, new_uuid
from .effects import Client, Effects
from .invariants import Invariants
from .invocations import Invocations
from .lambdas import Failed, Lambda
from .outputs import Log, Subscriber, leak
from .receivers import Receivers
from .scheduler import Clock, Scheduler
from .sources import Around, NextDue, QueueSource, ScheduleSource, Source, StreamSource, WebhookSource
from .stripe_client import SimulatedStripe
from .trace import Trace
from .weather import PROFILES, Lag, Profile, Weather

Answered = Callable[[int | None, Any], None]
"""Called with the status and the body of an answer, or with None if there was none."""

_MOST_TASKS = 24
_STEP_SECONDS = 0.02
_BEGINS = 0.15


class World:
    """Steps are choices of the scheduler: who goes on, or what begins."""

    def __init__(self, seed: int, *, profile: Profile = PROFILES["calm"], trace: Trace | None = None) -> None:
        self.seed = seed
        self.random = Random(seed)
        self.trace = trace or Trace()
        self.clock = Clock(START.timestamp())
        self.scheduler = Scheduler(self.clock, self.random)
        self.invariants = Invariants()
        self.subscriber = Subscriber(self.invariants.complain)
        self.log = Log(self.invariants.complain)
        self.stripe = StripeSandbox(self.clock, Ids(seed), settings=Settings(refuses_refunds_over_the_rest=False))
        self.stripe.gateway = WatchedGateway(self.stripe.world, self.stripe.accounts)
        self.stripe.gateway.charged = self.invariants.charge
        self.invariants.gone.now = self.clock.now
        webhooks, accounts = self.stripe.world.webhooks, self.stripe.accounts
        self.weather = Weather(
            self.random,
            profile,
            self.stripe.faults.add,
            lambda delivery: webhooks.unmake(delivery, accounts[delivery.account_id]),
        )
        self.stripe.world.webhooks.disrupt = self.weather.disrupt
        self.compute = Lambda(stack.functions(), self.scheduler)
        self.effects = Effects(self.scheduler, self.compute, self.trace, self.weather.crash_at, self.weather.fault_of)
        self.database = DynamoDB(stack.tables(), Lag(self.weather), self.weather.unprocessed)
        self.queues = Queues(stack.queues(), self.clock.now, self.weather.refuses_entry)
        self.receivers = Receivers(self.scheduler)
        https = HttpsSubscriptions(stack.topics(), self.clock.now, self.receivers.asked, self.receivers.reaches)
        self.topics = Topics(stack.topics(), self.subscriber.receive, https, self.weather.refuses_entry)
        self.secrets = Secrets(self.clock.now, self.weather.deletion_takes)
        self.buckets = Buckets(stack.buckets(), self.clock.now)
        self.sources: list[Source] = []
        self.mappings: list[StreamMapping] = []
        self.webhooks = WebhookSource(Around(self.scheduler, self.compute, self.weather), self.stripe)
        self._watch()
        self._add_sources()
        self._patch = pytest.MonkeyPatch()

    def __enter__(self) -> Self:
        clients = {
            service: Client(service, imitation, self.effects)
            for service, imitation in {
                "dynamodb": self.database,
                "sqs": self.queues,
                "sns": self.topics,
                "secretsmanager": self.secrets,
                "s3": self.buckets,
                "lambda": Invocations(self.compute),
            }.items()
        }
        compose(
            self._patch,
            self.compute,
            self.scheduler,
            client=clients.__getitem__,
            stripe_http_client=lambda timeout: SimulatedStripe(self.stripe, self.effects, timeout),
        )
        self._patch.setattr(logger.registered_handler, "stream", self.log)
        self._patch.setattr(sys, "stdout", self.log)
        return self

    def __exit__(self, *error: object) -> None:
        for invocation in list(self.compute.running.values()):
            self.compute.kill(invocation, "end")
        self._patch.undo()
        forget_threads()

    def add_account(self, secret_key: str) -> Account:
        """A Stripe account whose intents, pages and refunds are watched."""
        account, money = self.stripe.add_account(secret_key), self.invariants.money
        watch(account, money.at_stripe, money.watch_intent, money.watch_refund, money.fallbacks.note_customer)
        return account

    def stripe_as(self, secret_key: str) -> stripe.StripeClient:
        """Stripe's own library, as a holder of this key would use it."""
        return stripe.StripeClient(secret_key, http_client=InProcessHTTPClient(self.stripe))

    def new_id(self) -> str:
        return new_uuid(self.scheduler)

    def request(
        self,
        method: str,
        resource: str,
        answered: Answered,
        *,
        organization_id: str,
        body: Any = None,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        query: str = "",
    ) -> None:
        """Begin one API request; `resource` is the route, `query` what follows the question mark."""
        path = resource
        for name, value in (parameters or {}).items():
            path = path.replace(f"{{{name}}}", value)
        event = proxy_event(method, f"{path}?{query}", body, headers=headers, organization_id=organization_id)
        event |= {"resource": resource, "pathParameters": dict(parameters or {}) or None}

        def done(answer: Any) -> None:
            if isinstance(answer, Failed):
                answered(None, None)
                return
            found = leak(answer["body"], emails_allowed=answer["statusCode"] == 200)
            if found:
                self.invariants.complain(f"an answer holds {found}")
            answered(answer["statusCode"], answer["body"])

        self.compute.invoke(stack.function_of_route(method, resource), event, done)

    def step(self, until: float = inf) -> bool:
        """One choice; False if there is nothing that can ever happen any more. Where nobody is at work, time goes on to
        what happens next, but not further than `until`.
        """
        self.trace.steps += 1
        self.clock.seconds += self.random.random() * _STEP_SECONDS
        timer = self.scheduler.next_timer()
        if timer is not None and timer <= self.clock.seconds:
            self.scheduler.run_timers()
        leap = self.weather.jump()
        if leap is not None:
            self.jump(leap)
        happened = self._go_on(until)
        if self.invariants.written:
            self.invariants.look_at_what_was_written()
        if self.invariants.violations or self.compute.unexpected:
            self._raise()
        return happened

    def run(self, until: float, *, exactly: bool = False) -> None:
        """Step until it is that time, or a little later if a function is still at work; or until something happens that
        was due next, unless it is to be `exactly` then.
        """
        while self.clock.seconds < until:
            if not self.scheduler.runnable:
                upcoming = self._next_event()
                if upcoming is None or upcoming > until:
                    self.clock.seconds = until
                    return
                self.clock.seconds = max(self.clock.seconds, upcoming)
            self.step(until if exactly else inf)

    def jump(self, seconds: float) -> None:
        """Time leaps: who was at work is gone, what Stripe held takes effect, it sends again what was under way."""
        self.trace.note("jump", f"{seconds:.0f}")
        for hold in self.stripe.control.holds():
            self.stripe.release(hold)
        for _, delivery in self.webhooks.waiting:
            self.stripe.delivered(delivery, None)
        self.webhooks.waiting.clear()
        self.clock.advance(seconds)
        self.scheduler.run_timers()

    def _go_on(self, until: float) -> bool:
        running = self.scheduler.runnable
        if running and (len(running) >= _MOST_TASKS or self.random.random() >= _BEGINS):
            self.scheduler.resume_one()
            return True
        now = self.clock.seconds
        ready = [source for source in self.sources if (at := source.next_at(now)) is not None and at <= now]
        if ready:
            source = ready[int(self.random.random() * len(ready))]
            self.trace.note("begin", source.name)
            source.start()
            return True
        if running:
            self.scheduler.resume_one()
            return True
        upcoming = self._next_event()
        if upcoming is None:
            return False
        self.clock.seconds = max(self.clock.seconds, min(upcoming, until))
        return True

    def _next_event(self) -> float | None:
        now = self.clock.seconds
        times = [source.next_at(now) for source in self.sources]
        times.append(self.scheduler.next_timer())
        return min((time for time in times if time is not None), default=None)

    def _raise(self) -> None:
        if self.compute.unexpected:
            raise self.compute.unexpected[0]
        self.invariants.check()

    def _watch(self) -> None:
        tables = self.database.tables
        self.next_due = NextDue(tables["InvoicesTable"], "due_shard")
        self.next_unsettled = NextDue(tables["WebhookEndpointsTable"], "unsettled_key")
        tables["WebhookEndpointsTable"].watchers.append(self.next_unsettled.watch)
        self.next_disconnecting = NextDue(tables["IntegrationsTable"], "disconnecting_key", "disconnecting_since")
        self.next_check = NextDue(tables["IntegrationsTable"], "check_key", "check_due_at")
        tables["IntegrationsTable"].watchers += [self.next_disconnecting.watch, self.next_check.watch]
        tables["InvoicesTable"].watchers += [self.invariants.watch_invoice, self.next_due.watch]
        tables["PaymentsTable"].watchers.append(self.invariants.watch_payment)
        tables["CustomersTable"].watchers.append(self.invariants.gone.watch_customer)
        self.invariants.last_payment = self._last_payment
        tables["NotificationsTable"].watchers.append(self.invariants.watch_notification)

    def _last_payment(self, key: Key, invoice: Item) -> Item | None:
        attempt = int(invoice["attempt"]["N"])
        return self.database.tables["PaymentsTable"].get((key[0], payment_id(key[0], key[1], max(attempt, 1))))

    def leave_accounts_alone(self) -> None:
        """No account is looked at from now on: a story has no use for it."""
        self.sources = [source for source in self.sources if source.name != "CheckAccountsFunction"]

    def count_figures_later(self) -> Callable[[], None]:
        """No figures are counted until what is returned is called: a story has no use for it."""
        held = [source for source in self.sources if source.name.startswith("CountFiguresFunction/")]
        self.sources = [source for source in self.sources if source not in held]

        def count() -> None:
            self.sources += held

        return count

    def _add_sources(self) -> None:
        around = self.webhooks.around
        for settings in stack.stream_mappings():
            mapping = StreamMapping(settings, self.buckets, self.clock.now, self.new_id)
            self.mappings.append(mapping)
            self.database.tables[settings.table].watchers.append(mapping.watch)
            for lane in mapping.lanes:
                self.sources.append(StreamSource(around, mapping, lane, f"{settings.function}/{lane.number}"))
        for queue in stack.queue_mappings():
            self.sources.append(QueueSource(around, queue, self.queues.queues[queue.queue], queue.function))
        work = {
            "HandOutDueFunction": self.next_due.at,
            "ManageWebhookEndpointsFunction": self.next_unsettled.at,
            "ConnectIntegrationFunction": self.next_disconnecting.at,
            "CheckAccountsFunction": self.next_check.at,
        }
        for function, every in stack.schedules():
            self.sources.append(ScheduleSource(around, function, every, work[function], function))
        self.sources.append(self.webhooks)


def times(item: Mapping[str, Any], name: str) -> datetime | None:
    """A time among an item's attributes."""
    return datetime.fromisoformat(item[name]["S"]) if name in item else None
