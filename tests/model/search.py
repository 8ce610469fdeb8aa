"""Breadth-first search through every state within the bounds, so that a counterexample is a shortest one."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from model.invariants import CHANGES, STATES, Invariant, has_unlearnt_success, is_settled
from model.moves import LUCK, TIME_PASSES, moves
from model.rules import Rules
from model.state import Invoice, World

LIVENESS = frozenset({Invariant.NOT_STUCK, Invariant.LEARNT_IN_TIME})


@dataclass(frozen=True, slots=True)
class Found:
    """How many states were searched, and the first invariant that was found broken, with the way there."""

    states: int
    broken: Invariant | None = None
    trace: tuple[str, ...] = ()


@dataclass(slots=True)
class _Graph:
    """Every state found, by number: the first way there, and, where it is asked for, all that lead to it."""

    worlds: list[World] = field(default_factory=list)
    came_by: list[tuple[int, str]] = field(default_factory=list)
    sources: list[list[tuple[int, bool]]] = field(default_factory=list)

    def add(self, world: World, source: int, label: str) -> None:
        self.worlds.append(world)
        self.came_by.append((source, label))
        self.sources.append([])

    def trace(self, number: int, *last: str) -> tuple[str, ...]:
        labels = [*reversed(last)]
        while number:
            number, label = self.came_by[number]
            labels.append(label)
        return tuple(reversed(labels))


def search(rules: Rules, invariants: Collection[Invariant] = tuple(Invariant), *, most: int = 5_000_000) -> Found:
    """Search until one of the invariants breaks, or every state was seen. Raises OverflowError beyond `most` states."""
    graph, numbers = _Graph(), {start(rules): 0}
    graph.add(start(rules), 0, "")
    asks_for_sources = not LIVENESS.isdisjoint(invariants)
    broken_state, broken_change = _checks(rules, invariants)
    number = 0
    while number < len(graph.worlds):
        world = graph.worlds[number]
        for label, after in moves(world, rules):
            broken = broken_change(world, after)
            known = numbers.setdefault(after, len(graph.worlds))
            if known == len(graph.worlds):
                graph.add(after, number, label)
                broken = broken or broken_state(after)
            if broken:
                return Found(len(graph.worlds), broken, graph.trace(number, label))
            if asks_for_sources and not label.startswith(LUCK):
                graph.sources[known].append((number, label.startswith(TIME_PASSES)))
        if len(graph.worlds) > most:
            raise OverflowError(f"more than {most} states; narrow the scenario {rules.scenario.name}")
        number += 1
    return _search_for_stuck(graph, rules, invariants)


def _checks(
    rules: Rules, invariants: Collection[Invariant]
) -> tuple[Callable[[World], Invariant | None], Callable[[World, World], Invariant | None]]:
    of_states = [(name, holds) for name, holds in STATES.items() if name in invariants]
    of_changes = [(name, holds) for name, holds in CHANGES.items() if name in invariants]

    def broken_state(world: World) -> Invariant | None:
        return next((name for name, holds in of_states if not holds(world, rules)), None)

    def broken_change(before: World, after: World) -> Invariant | None:
        return next((name for name, holds in of_changes if not holds(before, after)), None)

    return broken_state, broken_change


def start(rules: Rules) -> World:
    """An item that was put into the table; in most scenarios it is an invoice already, so that the rest stays small."""
    invoice = Invoice(taken_in=True, due=rules.guards.due_time_on_every_open_invoice)
    return World(
        payments=(None,) * rules.scenario.attempts,
        invoice=Invoice() if rules.scenario.stream else invoice,
        done=not rules.scenario.stream,
    )


def _search_for_stuck(graph: _Graph, rules: Rules, invariants: Collection[Invariant]) -> Found:
    """That an event or a repeat arrives is luck, so that no way may need it."""
    settled = [number for number, world in enumerate(graph.worlds) if is_settled(world, rules)]
    states = len(graph.worlds)
    if Invariant.NOT_STUCK in invariants:
        stuck = _dead(settled, graph, with_time=True)
        if stuck:
            return Found(states, Invariant.NOT_STUCK, graph.trace(stuck[0]))
    if Invariant.LEARNT_IN_TIME in invariants:
        dead = _dead(settled, graph, with_time=False)
        unlearnt = next((number for number in dead if has_unlearnt_success(graph.worlds[number])), None)
        if unlearnt is not None:
            return Found(states, Invariant.LEARNT_IN_TIME, graph.trace(unlearnt))
    return Found(states)


def _dead(goals: Iterable[int], graph: _Graph, *, with_time: bool) -> list[int]:
    """Every state from which no goal can be reached, in the order in which they were found."""
    live = _leading_to(goals, graph, with_time=with_time)
    return [number for number in range(len(graph.worlds)) if number not in live]


def _leading_to(goals: Iterable[int], graph: _Graph, *, with_time: bool) -> set[int]:
    """Every state from which a goal can be reached, by waiting for the clock or without."""
    live = set(goals)
    rest = list(live)
    while rest:
        for source, by_time in graph.sources[rest.pop()]:
            if source not in live and (with_time or not by_time):
                live.add(source)
                rest.append(source)
    return live
