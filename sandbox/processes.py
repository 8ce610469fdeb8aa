"""Child processes, ready when they say so and stopped at the latest when the interpreter exits."""

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_POLL_SECONDS = 0.05
_LONGEST_SECONDS = 600.0
"""Until a child is ready. One that cannot start ends, and is not waited for; a busy machine may take its time."""


class ProcessError(RuntimeError):
    """A child ended, or was not ready in time; the message carries the tail of its log."""


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_listening(port: int) -> bool:
    """Whether a process takes connections on this port of loopback."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


class ChildProcess:
    """A command running in a process group of its own, with its output in a log file (overwritten).

    The group is what gets stopped, so the child's own children end with it.
    """

    def __init__(
        self, command: Sequence[str], *, log: Path, environment: Mapping[str, str], directory: Path | None = None
    ) -> None:
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd=directory,
                start_new_session=True,
            )
        atexit.register(self.stop)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Return as soon as `ready` says so.

        Raises ProcessError when the child ends before that, or is not ready after ten minutes.
        """
        deadline = time.monotonic() + _LONGEST_SECONDS
        while not ready():
            if not self.running:
                raise ProcessError(f"ended with status {self._process.returncode}\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise ProcessError(f"not ready after {_LONGEST_SECONDS:g} s\n{self.log_tail()}")
            time.sleep(_POLL_SECONDS)

    def log_tail(self, lines: int = 20) -> str:
        """The last lines the child has written."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self, *, grace_seconds: float = 5.0) -> None:
        """Ask the whole group to end, and kill what is left after the grace period. Safe to call again."""
        atexit.unregister(self.stop)
        self._signal_group(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace_seconds)
        self._signal_group(signal.SIGKILL)
        self._process.wait()

    def _signal_group(self, signal_number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal_number)
