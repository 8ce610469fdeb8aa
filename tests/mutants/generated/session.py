"""One module's mutants: made, run and kept by Cosmic Ray, https://cosmic-ray.readthedocs.io.

What became of a mutant is kept in a file until the module or a test changes, so a run that was interrupted goes on
where it was.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from template import REPOSITORY

from . import run_tests
from .killers import MODEL, killers, source

_KEPT = REPOSITORY / ".local" / "mutants"
_LONGEST = 600
"""Seconds. A mutant may go round for ever."""

_LEFT_OUT = (
    r"core/ReplaceBinaryOperator_BitOr_.*",  # almost all are in types, `str | None`: each is an error on import
    r"core/ReplaceComparisonOperator_(Is_Eq|Eq_Is|IsNot_NotEq|NotEq_IsNot)",  # the same, of what has one of each value
    r"core/ReplaceComparisonOperator_(Is|IsNot)_[LG]tE?",  # members of an enum have no order that means anything
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """`before` and `after` are the lines that differ, `outcome` is "killed" or "survived"."""

    module: str
    line: int
    operator: str
    before: str
    after: str
    outcome: str


def prepare(folder: Path, fork_server: Path, modules: Sequence[str]) -> None:
    """See the tests pass on the model as it is; that compiles what they need, and of the model nothing is kept.

    Raises RuntimeError if a test fails.
    """
    tests = sorted({test for module in modules for test in killers(module)})
    code, output = run_tests.run(str(fork_server), _LONGEST, tests, folder=str(folder), keeps_bytecode=True)
    if code:
        raise RuntimeError(f"a test fails without a mutant\n{output.decode()}")
    for compiled in list((folder / MODEL).rglob("__pycache__")):
        shutil.rmtree(compiled)


def run(module: str, folder: Path, fork_server: Path) -> list[Mutant]:
    """Make all mutants of a module in a copy of the repository, and run its tests on each."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    kept = _KEPT / f"{module}-{_fingerprint(module, folder)}.sqlite"
    configuration = folder / "cosmic-ray.toml"
    configuration.write_text(_configuration(module, fork_server))
    if not kept.exists():
        new = kept.with_suffix(".new")
        new.unlink(missing_ok=True)
        _cosmic_ray(folder, "cosmic-ray", "init", configuration, new)
        _cosmic_ray(folder, "cr-filter-operators", new, configuration)
        new.rename(kept)
    _cosmic_ray(folder, "cosmic-ray", "exec", configuration, kept)
    results = _cosmic_ray(folder, "cosmic-ray", "dump", kept)
    if run_tests.LOST in results:
        kept.unlink()
        raise RuntimeError(run_tests.LOST)
    return list(_read(module, results))


def _cosmic_ray(folder: Path, command: str, *arguments: str | Path) -> str:
    program = Path(os.environ["COSMIC_RAY"]) / command
    done = subprocess.run([program, *arguments], cwd=folder, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"{command} {arguments[0]} failed\n{done.stdout}")
    return done.stdout


def _configuration(module: str, fork_server: Path) -> str:
    client = Path(run_tests.__file__).relative_to(REPOSITORY)
    call = (sys.executable, "-I", "-S", client, fork_server, _LONGEST, *killers(module))
    command = shlex.join(map(str, call))
    return f"""[cosmic-ray]
module-path = "{source(module)}"
timeout = {_LONGEST + 60}
excluded-modules = []
test-command = {json.dumps(command)}
[cosmic-ray.distributor]
name = "local"
[cosmic-ray.filters.operators-filter]
exclude-operators = {json.dumps(_LEFT_OUT)}
"""


def _fingerprint(module: str, folder: Path) -> str:
    """Of the model, and of the tests that are to kill."""
    files = [*sorted((folder / MODEL).rglob("*.py")), *(folder / name for name in killers(module))]
    texts = [file.read_bytes() for file in files]
    return sha256(b"\0".join([*texts, repr((killers(module), _LEFT_OUT)).encode()])).hexdigest()[:12]


def _read(module: str, dump: str) -> Iterator[Mutant]:
    for line in dump.splitlines():
        item, result = json.loads(line)
        if result is None or result["worker_outcome"] == "skipped":
            continue
        (mutation,) = item["mutations"]
        position, operator = mutation["start_pos"][0], mutation["operator_name"]
        yield Mutant(module, position, operator, *changed(result["diff"]), result["test_outcome"])


def changed(diff: str) -> tuple[str, str]:
    """What was there, and what is: the lines that differ. Where a decorator is gone, the line that it stood over."""
    before: list[str] = []
    after: list[str] = []
    for line in diff.splitlines():
        if line.startswith(("---", "+++", "@@")):
            continue
        if line.startswith("-"):
            before.append(line[1:].strip())
        elif line.startswith("+"):
            after.append(line[1:].strip())
        elif line.strip() and before and not after:
            before.append(line.strip())
            after.append(line.strip())
    return " ".join(before).strip(), " ".join(after)
