"""The kill-point matrix: a process is killed right before and right after each effect, and all must be well again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .effects import Fault, Moment, Site
from .quiet import Quiet
from .redriving import redrive
from .scenarios import Scenario, Stage
from .workload import Workload
from .world import World

_RECOVERY = 2 * 86400.0


@dataclass(slots=True)
class KillPoints:
    """What was crashed at so far, by where it is in the source."""

    sites: dict[Site, set[Moment]] = field(default_factory=dict)

    def effects_of(self, scenario: Scenario) -> int:
        """How many effects a run has that is not disturbed. Raises ViolationError if even that goes wrong."""
        return _play(scenario, None, self.sites)

    def crash(self, scenario: Scenario, number: int, moment: Moment) -> None:
        """Crash at an effect, counted from 1, and recover. Raises ViolationError."""
        _play(scenario, (number, moment), self.sites)


def _play(scenario: Scenario, point: tuple[int, Moment] | None, sites: dict[Site, set[Moment]]) -> int:
    with World(7) as world:
        stage = Stage(Workload(world, 0))
        scenario.prepare(stage)
        world.effects.sites = sites
        base = world.effects.number
        director = _Director(world, scenario, base, point)
        world.effects.fault_of = director.fault_of
        world.effects.crash_at = director.crash_at
        world.stripe.world.webhooks.disrupt = director.disrupt
        scenario.act(stage)
        effects = world.effects.number - base
        world.effects.sites = None
        director.peace()
        world.run(world.clock.now() + _RECOVERY)
        redrive(world)
        world.run(world.clock.now() + _RECOVERY)
        if point is not None and not director.has_crashed:
            raise AssertionError(f"{scenario.name} has no effect {point[0]}")
        if point is None and bool(stage.workload.refused) is not scenario.refuses:
            raise AssertionError(f"{scenario.name}: refused requests by status: {stage.workload.refused}")
        Quiet(world, stage.workload).check()
        return effects


@dataclass(slots=True)
class _Director:
    """Sees to it that the story goes as written, and that the crash comes where it is wanted."""

    world: World
    scenario: Scenario
    base: int
    point: tuple[int, Moment] | None
    has_crashed: bool = False
    is_at_peace: bool = False

    def crash_at(self, number: int, moment: Moment) -> bool:
        if self.has_crashed or (number - self.base, moment) != self.point:
            return False
        self.has_crashed = True
        if self.scenario.leap:
            self.world.scheduler.at(self.world.clock.now(), lambda: self.world.jump(self.scenario.leap))
        return True

    def fault_of(self, service: str, operation: str, parameters: Mapping[str, Any]) -> tuple[str, Fault] | None:
        return None if self.is_at_peace else self.scenario.fault_of(service, operation, parameters)

    def disrupt(self, delivery: Any) -> list[Any]:
        return [] if self.scenario.webhooks_are_lost and not self.is_at_peace else [delivery]

    def peace(self) -> None:
        self.is_at_peace = True
