"""Breadth-first search through every state within the bounds, so that a counterexample is a shortest one."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from model import functions
from model.invariants import broken
from model.moves import steps
from model.quiet import Quiet
from model.scenarios import Scenario
from model.world import tables


@dataclass(frozen=True, slots=True)
class Found:
    """How many states were searched, and what was found broken, with the way there."""

    states: int
    broken: str | None = None
    trace: tuple[str, ...] = ()


@contextmanager
def _no_collection() -> Iterator[None]:
    """States hold no cycles, and there are many: looking for cycles among them costs a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_no_collection()
def search(scenario: Scenario, *, most: int = 3_000_000) -> Found:
    """Search until something breaks, or every state was seen. Raises OverflowError beyond `most` states."""
    functions.forget()
    tables.forget()
    beginning = scenario.beginning()
    numbers = {beginning: 0}
    worlds = [beginning]
    came_by: list[tuple[int, str]] = [(0, "")]
    quiet = Quiet(scenario)
    number = 0
    while number < len(worlds):
        world = worlds[number]
        for step in steps(world, scenario):
            wrong = broken(world, step)
            if wrong:
                return Found(len(worlds), wrong, _trace(came_by, number, step.label))
            following = step.world
            if following in numbers:
                continue
            numbers[following] = len(worlds)
            worlds.append(following)
            came_by.append((number, step.label))
            if not following.workers:
                wrong = quiet.wrong(following)
                if wrong:
                    return Found(len(worlds), wrong, (*_trace(came_by, number, step.label), *quiet.ways))
        if len(worlds) > most:
            raise OverflowError(f"more than {most} states; narrow the scenario {scenario.name}")
        number += 1
    return Found(len(worlds))


def _trace(came_by: list[tuple[int, str]], number: int, last: str) -> tuple[str, ...]:
    labels = [last]
    while number:
        number, label = came_by[number]
        labels.append(label)
    return tuple(reversed(labels))
