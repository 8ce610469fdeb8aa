"""Go on from a state without a fault, a person or an event: the schedule alone has to bring all to its end."""

from model.functions import RUNNING, begin
from model.happenings import at
from model.moves import answered, is_documented
from model.occasions import due_start, stream_start
from model.scenarios import Scenario
from model.settled import not_settled
from model.use_cases import Start
from model.world import provider, tables
from model.world.calls import is_at_stripe
from model.world.charges import changed
from model.world.pages import expired
from model.world.state import World
from model.world.values import DAY, HOUR, minutes

MOST_FUNCTIONS = 60
HALF_A_DAY, KEY_IS_SAFE_FOR = 12 * HOUR, 23 * HOUR
IDLE = 3
"""A failed invoice at which so many functions in a row changed nothing but the time is quiet."""


class Quiet:
    """Remembers how each state goes on."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._known: dict[World, str | None] = {}
        self.ways: list[str] = []

    def wrong(self, world: World) -> str | None:
        """What is wrong in the end; None if nothing is."""
        self.ways = []
        came_by: list[World] = []
        verdict = self._in_the_end(world, came_by)
        for one in came_by:
            self._known[one] = verdict
        return verdict

    def _in_the_end(self, world: World, came_by: list[World]) -> str | None:
        """The same; `came_by` gets the states on the way."""
        idle = 0
        for _ in range(MOST_FUNCTIONS):
            if world in self._known and idle == 0:
                return self._known[world]
            came_by.append(world)
            start = self._next(world)
            if start is None or (idle >= IDLE and _has_ended(world)):
                return not_settled(world)
            following, wrong = self._finish(at(world, self._due(world, start)), start)
            wrong = wrong or _is_learnt_late(following)
            if wrong:
                return wrong
            following = self._stripe_goes_on(following)
            idle = idle + 1 if _without_times(following) == _without_times(world) else 0
            world = following
        return "I6 it comes to no end"

    def _next(self, world: World) -> str | None:
        if world.record:
            return "stream"
        return "schedule" if world.invoice and world.invoice.due_at else None

    def _due(self, world: World, start: str) -> int:
        invoice = world.invoice
        if start == "stream" or invoice is None or invoice.due_at is None:
            return world.now
        return max(world.now, minutes(invoice.due_at))

    def _finish(self, world: World, kind: str) -> tuple[World, str | None]:
        world = self._stripe_goes_on(world)
        start: Start | None = (stream_start if kind == "stream" else due_start)(world, self._scenario)
        assert start is not None
        worker = begin(start)
        world = world._replace(workers=(worker,))
        while world.workers:
            (worker,) = world.workers
            call = RUNNING[worker].asks
            assert call is not None
            if is_at_stripe(call):
                reply = next(provider.replies(world, call, self._scenario.charges[:1], faults=False))
                answer, world = reply.answer, world._replace(stripe=reply.stripe)
                said = f"{kind}: {call.method} at Stripe: {reply.label}"
            else:
                answer, world = tables.perform(world, worker, call)
                said = f"{kind}: {call.method} {call.port}"
            step = answered(world, worker, answer, said)
            self.ways.append(f"[{world.now}] {step.label}")
            world = step.world
            if step.ended is not None and not is_documented(RUNNING[step.ended].raised):
                return world, f"an error that nobody expects: {RUNNING[step.ended].raised!r}"
        return world, None

    def _stripe_goes_on(self, world: World) -> World:
        """What is processing succeeds, what is on its way arrives, and a page expires at its time."""
        stripe = world.stripe
        for delayed in stripe.delayed:
            _, stripe = next(provider.arrivals(world._replace(stripe=stripe), delayed, self._scenario.charges[:1]))
        for number, intent in enumerate(stripe.intents):
            if intent.status == "processing":
                stripe = changed(stripe, number, "succeeded")
        for number, session in enumerate(stripe.sessions):
            if session.status == "open" and world.now - session.made_at >= DAY:
                stripe = expired(stripe, number)
        return world._replace(stripe=stripe)


def _is_learnt_late(world: World) -> str | None:
    """Whether an open invoice does not know after half a day that it was paid. Where it was first looked at much later,
    its key is too old to say anything about that.
    """
    if world.invoice is None or not world.invoice.is_open:
        return None
    known = {one.provider_payment_id for one in world.attempts()}
    for number, intent in enumerate(world.stripe.intents):
        is_unknown = intent.status == "succeeded" and f"pi_{number}" not in known and not intent.is_foreign
        if is_unknown and HALF_A_DAY < world.now - intent.made_at < KEY_IS_SAFE_FOR:
            return "I9 what has succeeded is learnt before its key is forgotten"
    return None


def _without_times(world: World) -> object:
    invoice = world.invoice
    standing = (
        (invoice.stage, invoice.payment_status, invoice.attempt, invoice.total_paid_amount_cents) if invoice else 0
    )
    payments = [(one.lago_id, one.amount_cents) for one in world.records()]
    attempts = [(one.status, one.payment_status, one.link, one.unknown_tries) for one in world.attempts()]
    return standing, payments, attempts, world.stripe, world.notified


def _has_ended(world: World) -> bool:
    return world.invoice is not None and not world.invoice.is_open
