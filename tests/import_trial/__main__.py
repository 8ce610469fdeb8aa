"""Import ROWS generated customers, of which one in twenty is bad, by a process that is killed once and interrupted
once; and say whether exactly the right customers and report came of it, how fast it was, and how much memory it took.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from builders.imports import ExpectedImport, generated_file, import_report, linked_customers, results_by_line
from paystream import bootstrap
from template import REPOSITORY
from world.operator import KEY, ApiOfWorld
from world.world import World

from import_trial.server import served

_REQUESTS_A_ROW = 2
_LOOKS_EVERY = 20
_INTERRUPTED, _NEEDS_A_PERSON = 130, 1


@dataclass
class Command:
    """The import, as `make import` starts it, once or again; with an end at this many requests, if that is wanted."""

    path: Path
    url: str = ""
    process: "subprocess.Popen[bytes] | None" = None
    ends_at: int | None = None
    ends_by: int = signal.SIGKILL
    memory: int = 0
    """The most that one of its processes took, in KB."""

    def answered(self, requests: int) -> None:
        """Between a request and what the command writes of it."""
        if self.process and requests % _LOOKS_EVERY == 0:
            self.memory = max(self.memory, _peak_kilobytes(self.process.pid))
        if self.process and self.ends_at is not None and requests >= self.ends_at:
            self.ends_at = None
            self.process.send_signal(self.ends_by)

    def run(self, *, ends_at: int | None = None, ends_by: int = signal.SIGKILL) -> int:
        """The exit status."""
        self.ends_at, self.ends_by = ends_at, ends_by
        places = ("operations", "layers/domain")
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(str(REPOSITORY / place) for place in places),
            "PAYSTREAM_URL": self.url,
            "PAYSTREAM_API_KEY": KEY,
        }
        options = ["--customers", str(self.path), "--apply", "--rate", "100000", "--workers", "8"]
        command = [sys.executable, "-m", "importing", *options]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        return self.process.wait()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the metrics of the functions. What the command prints is shown: it is another process."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        yield


def _peak_kilobytes(process_id: int) -> int:
    """As Linux counts it since the program began; 0 where there is no /proc, or no such process any more."""
    try:
        lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def main(rows: int) -> int:
    """Run the trial; 0 if all was as it has to be."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background would leave it ignored
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        world = World(patch)
        patch.setattr(bootstrap, "sleep", world.clock.advance)
        world.connect()
        path, expected = generated_file(world, Path(folder), rows=rows, seed=rows)
        return _trial(world, path, expected, rows)


def _trial(world: World, path: Path, expected: ExpectedImport, rows: int) -> int:
    ends = sorted(Random(rows).sample(range(10, rows * _REQUESTS_A_ROW - 100), 2))  # noqa: S311 - it repeats
    api = ApiOfWorld(world, checks=False)
    statuses = []
    began_at = time.monotonic()
    command = Command(path)
    with _quiet(), served(api, answered=command.answered) as command.url:
        for ends_at, ends_by in ((ends[0], signal.SIGKILL), (ends[1], signal.SIGINT), (None, signal.SIGKILL)):
            statuses.append(command.run(ends_at=ends_at, ends_by=ends_by))
    seconds = time.monotonic() - began_at
    is_right = (results_by_line(import_report(path, "import")), linked_customers(world)) == (*expected,)
    ended = statuses == [-signal.SIGKILL, _INTERRUPTED, _NEEDS_A_PERSON]
    print(f"{rows:,} rows, killed after {ends[0]:,} requests, interrupted after {ends[1]:,}: exit statuses {statuses}")
    print(f"{seconds:,.0f} s, {rows / seconds:,.1f} rows/s with the API here; {command.memory // 1024} MB at most")
    print("Exactly the right customers and report." if is_right else "WRONG customers or report.")
    return 0 if is_right and ended else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
