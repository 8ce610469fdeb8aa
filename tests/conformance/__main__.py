"""`make conformance`: outside judges of what we send to Stripe, of the Stripe sandbox and of the stores.

A judge whose tool is not on this machine is left out, with a line that says so; where CI is set, that is an error.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from template import REPOSITORY

REPORTS = REPOSITORY / ".local" / "conformance"
_NOT_PASSED = {"failed", "error", "skipped", "xfailed", "xpassed"}


@dataclass(frozen=True)
class Tool:
    """A program that has to be on the machine, in this version at least."""

    name: str
    question: str
    least: tuple[int, int]

    def missing(self) -> str | None:
        """What is missing; None if nothing is."""
        wanted = f"{self.name} {'.'.join(map(str, self.least))} or newer"
        if shutil.which(self.name) is None:
            return wanted
        answer = subprocess.run([self.name, self.question], capture_output=True, text=True, check=False).stdout
        found = re.search(r"(\d+)\.(\d+)", answer)
        is_enough = found is not None and (int(found[1]), int(found[2])) >= self.least
        return None if is_enough else f"{wanted}, not {answer.strip() or 'one that does not answer'}"


@dataclass(frozen=True)
class Judge:
    """Where it is installed below .venv, what that needs, and the tests that it decides."""

    name: str
    environment: str
    tool: Tool | None
    tests: tuple[str, ...]


JUDGES = (
    Judge("stripe-mock", "stripe-mock", Tool("go", "version", (1, 24)), ("tests/conformance",)),
    Judge("dynoxide", "dynoxide", Tool("cargo", "--version", (1, 88)), ("tests/stores", "--dynamodb=dynoxide")),
    Judge("MiniStack", "ministack", None, ("tests/stores", "--dynamodb=ministack")),
    Judge("moto", "project", None, ("tests/stores", "--dynamodb=moto")),
)


@dataclass(frozen=True)
class Verdict:
    """What became of one judge's tests."""

    judge: str
    passed: int
    failed: int
    figures: dict[str, Any]
    left_out: str | None = None


def main() -> int:
    """Run all judges; the exit status says whether all agreed, and in CI whether all were there."""
    started = time.monotonic()
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    verdicts = [_verdict(judge) for judge in JUDGES]
    endpoint = os.environ.get("DYNAMODB")
    if endpoint:
        verdicts.append(_run(endpoint, ("tests/stores", f"--dynamodb={endpoint}")))
    for line in _table(verdicts):
        print(line)
    print(f"{time.monotonic() - started:.0f} s")
    left_out = any(verdict.left_out for verdict in verdicts)
    if left_out and os.environ.get("CI"):
        print("A judge is missing, and CI leaves none out.")
        return 1
    return 1 if any(verdict.failed for verdict in verdicts) else 0


def _verdict(judge: Judge) -> Verdict:
    missing = judge.tool.missing() if judge.tool else None
    if missing:
        print(f"LEFT OUT: {judge.name}, for it needs {missing}.", flush=True)
        return Verdict(judge.name, 0, 0, {}, left_out=f"needs {missing}")
    print(f"{judge.name}: installing", flush=True)
    install = ["make", "--no-print-directory", f".venv/{judge.environment}/.locked"]
    if subprocess.run(install, cwd=REPOSITORY, check=False).returncode:
        return Verdict(judge.name, 0, 1, {"installed": "no, see above"})
    return _run(judge.name, judge.tests)


def _run(name: str, tests: tuple[str, ...]) -> Verdict:
    print(f"{name}: pytest {' '.join(tests)}", flush=True)
    report = REPORTS / f"{len(list(REPORTS.iterdir()))}.json"
    command = [sys.executable, "-m", "pytest", "--quiet", f"--figures={report}", *tests]
    status = subprocess.run(command, cwd=REPOSITORY, check=False).returncode
    report = json.loads(report.read_text()) if report.exists() else {"outcomes": {}, "figures": {}}
    outcomes: dict[str, int] = report["outcomes"]
    failed = sum(number for outcome, number in outcomes.items() if outcome in _NOT_PASSED)
    return Verdict(name, outcomes.get("passed", 0), failed or int(status != 0), report["figures"])


def _table(verdicts: list[Verdict]) -> Iterator[str]:
    yield ""
    yield f"{'judge':<16}{'passed':>8}{'failed':>8}  figures"
    for verdict in verdicts:
        report = [f"{name}: {value}" for name, value in verdict.figures.items()] or [""]
        first = f"LEFT OUT: {verdict.left_out}" if verdict.left_out else report[0]
        yield f"{verdict.judge:<16}{verdict.passed:>8}{verdict.failed:>8}  {first}"
        yield from (f"{'':<34}{figure}" for figure in report[1:])


if __name__ == "__main__":
    sys.exit(main())
