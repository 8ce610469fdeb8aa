"""`make simulate SEEDS=0-199 INVOICES=10000`: many seeds, over all cores; `SEEDS=4711` replays one.

`python -m simulation SEEDS INVOICES [PROFILE]`; with TRACE=1 each step is printed.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from multiprocessing import get_context

from .run import Report, collect_seldom, simulate


def main(arguments: list[str]) -> int:
    """The number of seeds with a violation, 1 at most."""
    seeds, invoices = _seeds(arguments[0]), int(arguments[1])
    profile = arguments[2] if len(arguments) > 2 and arguments[2] else None
    shows_all = os.environ.get("TRACE") == "1"
    started = time.monotonic()
    reports: list[Report] = []
    run = partial(simulate, invoices=invoices, profile=profile, shows_all=shows_all)
    for report in _all(seeds, run):
        reports.append(report)
        verdict = (
            "ok"
            if report.violation is None
            else f"VIOLATION\n  {report.violation}\n  replay: {_replay(report, profile)}"
        )
        print(
            f"{len(reports):>4}/{len(seeds)} seed {report.seed} ({report.profile}): {report.steps:,} steps, "
            f"{report.seconds:.1f} s, {report.seconds / report.invoices * 1000:.2f} ms an invoice, {verdict}",
            flush=True,
        )
        if report.violation is not None and len(seeds) == 1:
            print("  the last steps:", *report.last[-80:], sep="\n    ")
    print(_table(reports, time.monotonic() - started))
    return 1 if any(report.violation for report in reports) else 0


def _all(seeds: list[int], run: "partial[Report]") -> Iterator[Report]:
    cores = min(len(os.sched_getaffinity(0)), len(seeds))
    if cores == 1:
        collect_seldom()
        yield from map(run, seeds)
        return
    with get_context("spawn").Pool(cores, collect_seldom, maxtasksperchild=20) as pool:
        yield from pool.imap_unordered(run, seeds)


def _seeds(text: str) -> list[int]:
    """`4711`, `0-199` or `1,5,9-12`."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def _replay(report: Report, profile: str | None) -> str:
    chosen = f' PROFILE="{profile}"' if profile else ""
    return f"make simulate SEEDS={report.seed} INVOICES={report.invoices}{chosen}"


def _table(reports: list[Report], seconds: float) -> str:
    total: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    for report in reports:
        total["invoices"] += report.invoices
        total["steps"] += report.steps
        total["effects"] += report.effects
        total["crashes"] += report.crashes
        total["stripe calls"] += report.stripe_calls
        total["violations"] += report.violation is not None
        faults += report.faults
        statuses += report.statuses
    cpu = sum(report.seconds for report in reports)
    lines = [f"seeds              {len(reports):>12,}"]
    lines += [f"{name:<18} {total[name]:>12,}" for name in ("invoices", "steps", "effects", "crashes")]
    lines.append(f"Stripe calls each  {total['stripe calls'] / total['invoices']:>12.2f}")
    lines += [f"  invoices {name:<7} {number:>12,}" for name, number in sorted(statuses.items())]
    lines += [f"  {name:<40} {number:>10,}" for name, number in sorted(faults.items())]
    lines.append(f"CPU                {cpu:>10.0f} s ({cpu / total['invoices'] * 1000:.2f} ms an invoice)")
    lines.append(f"time               {seconds:>10.0f} s")
    lines.append(f"violations         {total['violations']:>12,}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
