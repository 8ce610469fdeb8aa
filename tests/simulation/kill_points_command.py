"""`make kill-points`: a process is killed before and after each effect of each story, and all must be well again."""

import argparse
import os
import sys
import time
import traceback
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .call_sites import CallSite, call_sites
from .effects import Moment, Site
from .kill_points import Played, everywhere, nowhere, play
from .run import collect_seldom
from .scenarios import SCENARIOS, Scenario


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one story; `failures` is empty if all was well."""

    story: str
    effects: int
    crashes: int
    crashed_at: set[Site]
    failures: Sequence[str]


def main(arguments: list[str]) -> int:
    """1 if a story failed."""
    warnings.filterwarnings("ignore", "No application metrics to publish")
    stories, at_once = _wanted(arguments), os.cpu_count() or 1
    started = time.monotonic()
    if len(stories) > 1:
        print(f"{len(stories)} stories, {at_once} crashes at a time", flush=True)
    verdicts = []
    for number, scenario in enumerate(stories, start=1):
        began = time.monotonic()
        verdict = judge(scenario, at_once)
        verdicts.append(verdict)
        print(
            f"{number:>3}/{len(stories)} {verdict.story}: {verdict.effects} effects, {verdict.crashes} crashes, "
            f"{time.monotonic() - began:.1f} s, {'VIOLATION' if verdict.failures else 'ok'}",
            flush=True,
        )
    print(*_summary(verdicts, time.monotonic() - started), sep="\n")
    return 1 if any(verdict.failures for verdict in verdicts) else 0


def judge(scenario: Scenario, at_once: int) -> Verdict:
    """Crash everywhere in a story. The first time it is played without, so that each crash finds all modules loaded."""
    try:
        play(scenario, nowhere)
        played = play(scenario, everywhere, at_once=at_once)
    except Exception:  # noqa: BLE001 - the other stories are played all the same
        return Verdict(scenario.name, 0, 0, set(), [traceback.format_exc()])
    failures = [*played.failures, *_left_out(played)]
    crashed_at = {site for site, _ in played.crashed_at}
    return Verdict(scenario.name, played.effects, len(played.crashes), crashed_at, failures)


def _left_out(played: Played) -> list[str]:
    """Where the story should have been crashed at, and was not."""
    points = {(number, moment) for number in range(1, played.effects + 1) for moment in Moment}
    missed = sorted(f"{moment.value} effect {number}" for number, moment in points - played.crashes)
    missed += sorted(
        f"{moment.value} {site}"
        for moment in Moment
        for site in played.sites
        if (site, moment) not in played.crashed_at
    )
    return [f"{played.scenario.name}: it was never crashed {where}" for where in missed]


def _wanted(arguments: list[str]) -> list[Scenario]:
    parser = argparse.ArgumentParser(prog="make kill-points", description=__doc__)
    parser.add_argument("story", nargs="?", default="", help='the name of one story: STORY="a link expires"')
    name = parser.parse_args(arguments).story
    found = [scenario for scenario in SCENARIOS if name in ("", scenario.name)]
    if not found:
        parser.error(f"there is no such story; there are: {', '.join(scenario.name for scenario in SCENARIOS)}")
    return found


def _summary(verdicts: list[Verdict], seconds: float) -> list[str]:
    calls = call_sites()
    bad = [verdict for verdict in verdicts if verdict.failures]
    lines = [
        "",
        f"stories     {len(verdicts):>10,}",
        f"effects     {sum(verdict.effects for verdict in verdicts):>10,}",
        f"crashes     {sum(verdict.crashes for verdict in verdicts):>10,}",
        f"call sites  {_reached(calls, verdicts):>10,} of {len(calls)}",
        f"CPU         {sum(os.times()[:4]):>10.0f} s",
        f"time        {seconds:>10.0f} s",
        f"violations  {sum(len(verdict.failures) for verdict in verdicts):>10,}",
    ]
    for verdict in bad:
        lines += ["", *verdict.failures, f'repeat: make kill-points STORY="{verdict.story}"']
    return [*lines, "", f"{len(verdicts) - len(bad)} passed, {len(bad)} failed"]


def _reached(calls: Sequence[CallSite], verdicts: Iterable[Verdict]) -> int:
    """How many of these calls a process was killed at."""
    sites = {site for verdict in verdicts for site in verdict.crashed_at}
    return sum(any(map(call.has, sites)) for call in calls)


if __name__ == "__main__":
    collect_seldom()
    sys.exit(main(sys.argv[1:]))
