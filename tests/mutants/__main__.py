"""`make mutants`: remove one guard of the money rules at a time, and see which test notices."""

import argparse
import os
import sys
import textwrap
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from .mutant import Mutant
from .mutants import MUTANTS
from .verdict import Verdict, judge

_MUTANT, _KILLER = 42, 44
"""The widths of the columns: with number and seconds a row has 100."""


def main(arguments: Sequence[str] | None = None) -> int:
    """1 if a mutant survives, or the table is not true; 2 if none is meant."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("only", nargs="?", default="", help='a mutant\'s number, or words of its name: ONLY="23-hour"')
    only = parser.parse_args(arguments).only
    chosen = choose(only)
    if not chosen:
        parser.error(f"no mutant is {only!r}; there are {len(MUTANTS)}")
    print(row(("", "mutant", "killed by", "s")), row(("", "-" * _MUTANT, "-" * _KILLER, "-----")), sep="\n", flush=True)
    verdicts: list[Verdict] = []
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as cores:
        for number, verdict in zip(chosen, cores.map(judge, chosen.values()), strict=True):
            print(shown(number, verdict), flush=True)
            verdicts.append(verdict)
    failed = [verdict for verdict in verdicts if verdict.problem]
    for verdict in failed:
        print(f"\n{verdict.mutant.name}\n  {verdict.problem}")
    print(f"\n{len(verdicts) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def choose(only: str) -> dict[int, Mutant]:
    """By number: the one that is meant, all whose names have these words, or all."""
    numbered = dict(enumerate(MUTANTS, 1))
    if only.isdigit():
        return {number: mutant for number, mutant in numbered.items() if number == int(only)}
    words = only.lower().split()
    return {number: mutant for number, mutant in numbered.items() if all(word in mutant.name.lower() for word in words)}


def shown(number: int, verdict: Verdict) -> str:
    """The row of a mutant, in as many lines as its names need."""
    name = textwrap.wrap(verdict.mutant.name, _MUTANT)
    killer = _wrapped(verdict.killed_by) if verdict.killed_by else [(verdict.problem or "").partition(":")[0]]
    lines = max(len(name), len(killer))
    names, killers = (part + [""] * (lines - len(part)) for part in (name, killer))
    firsts, lasts = ([text, *[""] * (lines - 1)] for text in (str(number), f"{verdict.seconds:.1f}"))
    return "\n".join(map(row, zip(firsts, names, killers, lasts, strict=True)))


def row(cells: tuple[str, str, str, str]) -> str:
    """One line of the table."""
    number, mutant, killer, seconds = cells
    return f"{number:>2} {mutant:<{_MUTANT}} | {killer:<{_KILLER}} | {seconds:>5}"


def _wrapped(node_id: str) -> list[str]:
    """The test's name without its parameters, broken at underscores."""
    words = node_id.partition("[")[0].rpartition("::")[2].replace("_", " ")
    lines = [line.replace(" ", "_") for line in textwrap.wrap(words, _KILLER - 1)]
    return [f"{line}_" for line in lines[:-1]] + lines[-1:]


if __name__ == "__main__":
    sys.exit(main())
