"""One run: a world is set up, bad weather comes, everything is brought in, it calms down, and all must be well."""

import gc
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from .disturbances import Disturbances
from .quiet import Quiet
from .redriving import redrive
from .restricted import held_back, put_all_right
from .trace import Trace
from .weather import PROFILES
from .workload import Workload
from .world import World

_ARRIVES = 0.03
_QUIET_FOR = 4.5 * 86400.0
_MOST_BACKLOG = 60
_LONGEST_LOOK = 3600
_SOON = 120
_MOST_LOOKS_UNTIL_CONNECTED = 100
_BANKS_TAKE = 3.0
"""Seconds."""


@dataclass(slots=True)
class Report:
    """What one run was. `violation` is None if all was well."""

    seed: int
    profile: str
    invoices: int
    violation: str | None = None
    steps: int = 0
    effects: int = 0
    crashes: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    invocations: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    exceptions: Counter[str] = field(default_factory=Counter)
    stripe_calls: int = 0
    virtual_days: float = 0.0
    seconds: float = 0.0
    hash: str = ""
    last: list[str] = field(default_factory=list)


def collect_seldom() -> None:
    """For a process that only simulates: looking for garbage as often as usual costs a tenth of a run, which keeps most
    of what it makes.
    """
    gc.set_threshold(50_000, 20, 20)


def profile_of(seed: int) -> str:
    """Each seed has its weather."""
    names = [name for name in PROFILES if name != "calm"]
    return Random(seed).choice(names)


def simulate(seed: int, invoices: int, *, profile: str | None = None, shows_all: bool = False) -> Report:
    """Run one seed to its end. A violation is in the report, not raised."""
    warnings.filterwarnings("ignore", "No application metrics to publish")
    started = time.process_time()
    name = profile or profile_of(seed)
    report = Report(seed, name, invoices)
    trace = Trace(shows_all=shows_all)
    with World(seed, trace=trace) as world:
        workload = Workload(world, invoices)
        try:
            _live(world, workload, name)
        except AssertionError as violation:
            report.violation = str(violation)
            report.last = list(trace.last)
        _fill(report, world, trace)
    report.seconds = time.process_time() - started
    gc.collect()
    return report


def _live(world: World, workload: Workload, profile: str) -> None:
    workload.set_up()
    disturbances = Disturbances(workload)
    world.weather.profile = PROFILES[profile]
    while workload.brought < workload.invoices:
        if world.random.random() < _ARRIVES and workload.next_at(0.0) is not None and _backlog(world) < _MOST_BACKLOG:
            workload.start()
        if world.weather.happens(world.weather.profile.disturbance):
            disturbances.disturb()
        world.step()
    for _ in range(400):
        world.step()
    world.weather.calm_down()
    world.stripe.control.set_settlement_delay(_BANKS_TAKE)
    settle(world, workload)
    Quiet(world, workload).check()


def settle(world: World, workload: Workload) -> None:
    """Faults have stopped. The operator repairs what is an operator's matter, and days go by."""
    world.jump(0)
    put_all_right(workload)
    world.run(world.clock.now() + 6 * 3600)
    for what in held_back(world):
        world.invariants.complain(what)
    world.invariants.check()
    workload.reconnect_all()
    for _ in range(_MOST_LOOKS_UNTIL_CONNECTED):
        world.run(world.clock.now() + 900)
        if workload.are_all_connected():
            break
    workload.tidy_up()
    world.run(world.clock.now() + 60)
    workload.pay_up()
    for _ in range(3):
        world.run(world.clock.now() + _QUIET_FOR / 3)
        redrive(world)
    world.run(world.clock.now() + 86400)
    _let_finish(world)
    world.invariants.check()


def _let_finish(world: World) -> None:
    """What waits for ever is looked at each day, what failed is tried again after days: the last moment must not be in
    the middle of that, nor before what was written then is counted.
    """
    for _ in range(_LONGEST_LOOK):
        queues = (queue for queue in world.queues.queues.values() if queue.most_receives is not None)
        is_busy = world.compute.running or any(queue.held() for queue in queues) or _backlog(world)
        if not is_busy and not _something_is_due(world):
            return
        world.run(world.clock.now() + 1)


def _something_is_due(world: World) -> bool:
    """Whether an invoice that waits for nothing is to be looked at: it found no turn at Stripe, say."""
    soon = datetime.fromtimestamp(world.clock.now() + _SOON, UTC).isoformat(timespec="milliseconds")
    return any(
        item["due_at"]["S"] <= soon and "waiting_for" not in item
        for _, item in world.database.tables["InvoicesTable"].items()
        if "due_at" in item
    )


def _backlog(world: World) -> int:
    return sum(mapping.backlog() for mapping in world.mappings)


def _fill(report: Report, world: World, trace: Trace) -> None:
    report.steps, report.hash = trace.steps, trace.hash()
    report.effects, report.crashes = world.effects.number, world.effects.crashes
    report.faults = Counter(world.effects.faults) + world.weather.counts
    report.invocations = Counter(world.compute.counts)
    report.exceptions = world.log.exceptions
    report.stripe_calls = sum(world.stripe.log.counts.values())
    report.virtual_days = (world.clock.now() - 1_795_428_000) / 86400
    report.statuses = Counter(
        "parked" if "problem" in item else item.get("payment_status", {"S": "not taken in"})["S"]
        for _, item in world.database.tables["InvoicesTable"].items()
    )
