"""What becomes of a mutant: the tests run in a copy of the repository, from which one guard is gone."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from template import REPOSITORY

from .mutant import Mutant

LAYER = Path("layers/domain/paystream")

LONGEST = 600
"""Seconds. A mutant may go round for ever."""

_FAILED = "FAILED "
_TESTS_FAILED = 1
"""Pytest's exit code. 2 and above: it could not run them, a module cannot be imported say."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`killed_by` is the first test that failed. Where none did, `problem` says what happened instead."""

    mutant: Mutant
    killed_by: str | None
    problem: str | None
    seconds: float


class TableError(Exception):
    """The table is not true any more: this is no kill, and no survival."""


def judge(mutant: Mutant) -> Verdict:
    """Run its tests without the guard. A table that is not true is a problem like a mutant that survives."""
    began = time.monotonic()
    try:
        killed_by = _killer(mutant)
        problem = None if killed_by else "SURVIVED: no test noticed"
    except TableError as error:
        killed_by, problem = None, f"ERROR: {error}"
    return Verdict(mutant, killed_by, problem, time.monotonic() - began)


def mutated(mutant: Mutant, text: str) -> str:
    """The file's text without the guard. Raises TableError if the guard is not found exactly once."""
    found = text.count(mutant.text)
    if found != 1:
        raise TableError(f"{mutant.path} has this {found} times, not once: {mutant.text}")
    return text.replace(mutant.text, mutant.replacement)


def verdict_of(exit_code: int, output: str) -> str | None:
    """The node id of the first test that failed; None if all passed. Raises TableError if they did not run: an error
    before a test, in a fixture or in an import, is no kill.
    """
    if exit_code == 0:
        return None
    failed = [line.removeprefix(_FAILED).split(" - ")[0] for line in output.splitlines() if line.startswith(_FAILED)]
    if exit_code != _TESTS_FAILED or not failed:
        raise TableError(f"pytest could not run the tests (exit code {exit_code})\n{output[-2000:]}")
    return failed[0]


def _killer(mutant: Mutant) -> str | None:
    with TemporaryDirectory(prefix="mutant-") as folder:
        copy_repository(Path(folder))
        path = Path(folder) / LAYER / mutant.path
        path.write_text(mutated(mutant, path.read_text()))
        # What is not mutated would be found first on a path from outside.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        pytest = [sys.executable, "-m", "pytest", "-x", "-q", "-rf", "--color=no", "-p", "no:cacheprovider"]
        try:
            done = subprocess.run(
                [*pytest, *mutant.killers],
                cwd=folder,
                env=environment,
                timeout=LONGEST,
                capture_output=True,
                text=True,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            raise TableError(f"no result after {LONGEST} s") from late
        return verdict_of(done.returncode, done.stdout + done.stderr)


def copy_repository(folder: Path) -> None:
    """What is tracked or may be, as it is in the working folder."""
    files = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(files, cwd=REPOSITORY, capture_output=True, check=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (REPOSITORY / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REPOSITORY / name, target)
