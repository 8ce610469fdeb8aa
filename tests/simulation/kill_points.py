"""The kill-point matrix: a process is killed right before and right after each effect, and all must be well again.

A story is played once. Where a crash is wanted the process forks: the child crashes there and plays to the end, the
parent plays on as if nothing had been.
"""

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from paystream.use_cases.collecting import bulk_look_up

from .call_sites import CallSite
from .effects import Fault, Moment, Site, sites_under_way
from .forks import Children
from .invariants import ViolationError
from .quiet import Quiet
from .redriving import redrive
from .scenarios import Scenario, Stage
from .workload import Workload
from .world import World

_RECOVERY = 2 * 86400.0

Point = tuple[int, Moment]
"""An effect of a story, counted from 1, and when it is crashed at."""

Wanted = Callable[[Point], bool]
"""Whether to crash at a point. Asked while the effect is under way."""


@dataclass(slots=True)
class OnceEach:
    """Wants a crash before and after each of these calls, in the first story in which it happens."""

    calls: Sequence[CallSite]
    _chosen: set[tuple[CallSite, Moment]] = field(default_factory=set)

    def __call__(self, point: Point) -> bool:
        under_way = [call for site in sites_under_way() for call in self.calls if call.has(site)]
        new = {(call, point[1]) for call in under_way} - self._chosen
        self._chosen |= new
        return bool(new)


def everywhere(point: Point) -> bool:
    return True


def nowhere(point: Point) -> bool:
    return False


@dataclass(slots=True)
class Played:
    """A story that was played once, and how it ended after each of its crashes.

    `sites` is where its effects are called from, `crashed_at` what was reported by the processes that were crashed.
    """

    scenario: Scenario
    effects: int = 0
    sites: set[Site] = field(default_factory=set)
    crashes: set[Point] = field(default_factory=set)
    crashed_at: set[tuple[Site, Moment]] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Raises ViolationError if anything went wrong after a crash."""
        if self.failures:
            raise ViolationError("\n".join(self.failures))

    def fail(self, name: str, why: str) -> None:
        self.failures.append(f"{name}: {why}")

    def note(self, name: str, ending: "Ending") -> None:
        self.crashed_at |= ending.crashed_at
        if ending.violation:
            self.fail(name, ending.violation)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a story ended that was crashed; `violation` is empty if all was well."""

    crashed_at: set[tuple[Site, Moment]]
    violation: str = ""


def play(scenario: Scenario, wanted: Wanted, *, at_once: int = 1) -> Played:
    """Play a story, and crash wherever it is wanted, in `at_once` processes at a time.

    Raises ViolationError if it goes wrong without any crash; what goes wrong after a crash is in what is returned.
    """
    played = Played(scenario)
    with Children(played.note, played.fail, at_once) as children, pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk_look_up, "FEWEST", 2)  # two attempts are looked up by one list, so a small story has one
        with World(7) as world:
            director = _Director(world, scenario, wanted, children, played)
            try:
                director.direct()
            except BaseException as error:
                if children.is_child:
                    violation = str(error) if isinstance(error, ViolationError) else traceback.format_exc()
                    children.finish(Ending(director.crashed_at, violation))
                raise
            if children.is_child:
                children.finish(Ending(director.crashed_at))
    return played


@dataclass(slots=True)
class _Director:
    """Sees to it that the story goes as written, and that a crash comes where it is wanted."""

    world: World
    scenario: Scenario
    wanted: Wanted
    children: Children
    played: Played
    base: int = 0
    is_at_peace: bool = False
    crashed_at: set[tuple[Site, Moment]] = field(default_factory=set)

    def direct(self) -> None:
        """The story from its beginning to the time when all must be quiet. Raises ViolationError."""
        world, stage = self.world, Stage(Workload(self.world, 0))
        if not self.scenario.looks_at_accounts:
            world.leave_accounts_alone()
        count_figures = None if self.scenario.counts_figures else world.count_figures_later()
        self.scenario.prepare(stage)
        self.base = world.effects.number
        world.effects.sites = self.played.sites
        world.effects.fault_of = self.fault_of
        world.effects.crash_at = self.crash_at
        world.stripe.world.webhooks.disrupt = self.disrupt
        self.scenario.act(stage)
        self.played.effects = world.effects.number - self.base
        world.effects.sites = None
        self.is_at_peace = True
        if count_figures:
            count_figures()
        world.run(world.clock.now() + _RECOVERY)
        redrive(world)
        world.run(world.clock.now() + _RECOVERY)
        self._check_the_story(stage)
        Quiet(world, stage.workload).check()

    def _check_the_story(self, stage: Stage) -> None:
        if self.children.is_child and self.world.effects.crashes != 1:
            raise AssertionError(f"{self.world.effects.crashes} crashes")
        if not self.children.is_child and bool(stage.workload.refused) is not self.scenario.refuses:
            raise AssertionError(f"{self.scenario.name}: refused requests by status: {stage.workload.refused}")

    def crash_at(self, number: int, moment: Moment) -> bool:
        """In a child that was forked here, yes. What begins when the story is over is no effect of it."""
        point = (number - self.base, moment)
        if self.children.is_child or (self.is_at_peace and point[0] > self.played.effects) or not self.wanted(point):
            return False
        self.played.crashes.add(point)
        if not self.children.fork(f"{self.scenario.name}, crashed {moment.value} effect {point[0]}"):
            return False
        self.crashed_at = {(site, moment) for site in sites_under_way()}
        self.world.effects.sites = None
        if self.scenario.leap:
            self.world.scheduler.at(self.world.clock.now(), lambda: self.world.jump(self.scenario.leap))
        return True

    def fault_of(self, service: str, operation: str, parameters: Mapping[str, Any]) -> tuple[str, Fault] | None:
        return None if self.is_at_peace else self.scenario.fault_of(service, operation, parameters)

    def disrupt(self, delivery: Any) -> list[Any]:
        """Where they are lost, Stripe has not even made the event: no list of events shows it."""
        if not self.scenario.webhooks_are_lost or self.is_at_peace:
            return [delivery]
        self.world.stripe.world.webhooks.unmake(delivery, self.world.stripe.accounts[delivery.account_id])
        return []
