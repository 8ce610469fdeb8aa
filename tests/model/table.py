"""`make model`: search everything, deeply, and print how many states there are, and what breaks."""

import sys
import time
from dataclasses import fields

from model.scenarios import DEEP, SMALL, Scenario
from model.search import Found, search


def main() -> int:
    """Print the table; 1 if an invariant breaks."""
    began, states, sound = time.process_time(), 0, True
    print("| scenario | states | seconds | result |\n| --- | ---: | ---: | --- |")
    for scenario in (*SMALL, *DEEP):
        begun = time.process_time()
        found = search(scenario)
        states, sound = states + found.states, sound and found.broken is None
        seconds = f"{time.process_time() - begun:.0f}"
        print(f"| {_bounds(scenario)} | {found.states:,} | {seconds} | {found.broken or 'holds'} |", flush=True)
        if found.broken:
            print(numbered(found))
    print(f"| together | {states:,} | {time.process_time() - began:.0f} | |")
    return 0 if sound else 1


def numbered(found: Found) -> str:
    """The way to what is broken, a step a line."""
    return "\n".join(f"{number:3}. {label}" for number, label in enumerate(found.trace, 1))


def _bounds(scenario: Scenario) -> str:
    """What is otherwise than usual."""
    chosen = [(field.name, getattr(scenario, field.name)) for field in fields(scenario) if field.name != "name"]
    usual = {field.name: field.default for field in fields(scenario)}
    shown = [_shown(name, value) for name, value in chosen if value != usual[name]]
    return f"{scenario.name}: {'; '.join(shown)}"


def _shown(name: str, value: object) -> str:
    plain = name.replace("_", " ")
    if value is True:
        return plain
    return f"{plain} {', '.join(map(str, value))}" if isinstance(value, tuple) else f"{plain} {value}"


if __name__ == "__main__":
    sys.exit(main())
