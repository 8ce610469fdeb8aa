"""`make model`: search everything, deeply, and print what each guard is for."""

import sys
import time
from collections.abc import Iterable

from model.rows import DEEP_SCENARIOS, ROWS, SCENARIOS, SPARE
from model.rules import GUARDS, Guards, Rules, Scenario
from model.search import Found, search


def main() -> int:
    """Print the tables; 1 if an invariant breaks although every guard is on, or a guard is not shown to be needed."""
    began = time.process_time()
    print("All guards on\n")
    print("| scenario | states | result |\n| --- | ---: | --- |")
    sound = _search_all(Guards(), (*SCENARIOS, *DEEP_SCENARIOS))
    print("\nOne guard off\n")
    print("| guard | states searched | what breaks | shortest counterexample |\n| --- | ---: | --- | ---: |")
    traces = []
    for name, row in ROWS.items():
        found = search(Rules(Guards().without(name), row.scenario), (row.breaks,))
        sound &= found.broken is row.breaks
        print(f"| {_described(name)} | {found.states:,} | {found.broken} | {len(found.trace)} steps |", flush=True)
        traces.append(f"{name} off ({row.scenario.name}): {found.broken}\n{numbered(found)}")
    print("\nNothing breaks without these\n")
    for name in SPARE:
        print(f"{_described(name)}\n")
        print("| scenario | states | result |\n| --- | ---: | --- |")
        sound &= _search_all(Guards().without(name), SCENARIOS)
        print()
    print("Counterexamples\n\n" + "\n\n".join(traces))
    print(f"\n{time.process_time() - began:.0f} seconds of one core")
    return 0 if sound else 1


def numbered(found: Found) -> str:
    """The way to the broken invariant, a step a line."""
    return "\n".join(f"{number:3}. {label}" for number, label in enumerate(found.trace, 1))


def _search_all(guards: Guards, scenarios: Iterable[Scenario]) -> bool:
    states, sound = 0, True
    for scenario in scenarios:
        found = search(Rules(guards, scenario))
        states, sound = states + found.states, sound and found.broken is None
        print(f"| {scenario.name}: {_bounds(scenario)} | {found.states:,} | {found.broken or 'holds'} |", flush=True)
        if found.broken:
            print(numbered(found))
    print(f"| together | {states:,} | |")
    return sound


def _described(name: str) -> str:
    return f"`{name}`: {GUARDS[name]}"


def _bounds(scenario: Scenario) -> str:
    counts = f"functions {scenario.workers}, attempts {scenario.attempts}, faults {scenario.faults}"
    names = (
        "stream",
        "clock",
        "processing",
        "refusals",
        "delays",
        "saved_errors",
        "card_changes",
        "late_confirmation",
        "links",
    )
    return ", ".join([counts, *(name.replace("_", " ") for name in names if getattr(scenario, name))])


if __name__ == "__main__":
    sys.exit(main())
