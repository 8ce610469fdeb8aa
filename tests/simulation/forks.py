"""Child processes that go another way from where they are forked, and report at their end."""

import contextlib
import gc
import os
import signal
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any, NoReturn, Self

_LONGEST = 120.0
"""Seconds that a child has. It takes a fraction of one."""


@dataclass(frozen=True, slots=True)
class _Child:
    """`deadline` in seconds of the monotonic clock."""

    name: str
    pid: int
    receiver: "Connection[Any, Any]"
    deadline: float


@dataclass(slots=True)
class Children:
    """At most `most` run at the same time. `reported` takes each report, `died` why there is none: with the name.

    A child has one thread, whatever its parent has, so it must do nothing but its own work and `finish`.
    """

    reported: Callable[[str, Any], None]
    died: Callable[[str, str], None]
    most: int = 1
    longest: float = _LONGEST
    _running: list[_Child] = field(default_factory=list)
    _to_parent: "Connection[Any, Any] | None" = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        while self._running:
            self._hear()

    def fork(self, name: str) -> bool:
        """Whether this is the child now. The parent waits until another child may begin."""
        receiver, sender = Pipe(duplex=False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # pytest's workers have a thread; no child needs it
            pid = os.fork()
        if pid == 0:
            gc.disable()  # it ends soon, and looking for garbage would copy the memory it shares with its parent
            receiver.close()
            self._running.clear()
            self._to_parent = sender
            return True
        sender.close()
        self._running.append(_Child(name, pid, receiver, time.monotonic() + self.longest))
        while len(self._running) >= self.most:
            self._hear()
        return False

    @property
    def is_child(self) -> bool:
        return self._to_parent is not None

    def finish(self, report: Any) -> NoReturn:
        """End the child. Nothing that its parent has opened or buffered is touched."""
        code = 1
        try:
            if self._to_parent is not None:
                self._to_parent.send(report)
                code = 0
        finally:
            os._exit(code)

    def _hear(self) -> None:
        """Wait for the next child that ends, or whose time is over."""
        patience = self._running[0].deadline - time.monotonic()
        ready = wait([child.receiver for child in self._running], max(0.0, patience))
        if not ready:
            self._give_up(self._running.pop(0))
        for child in [child for child in self._running if child.receiver in ready]:
            self._running.remove(child)
            self._take(child)

    def _take(self, child: _Child) -> None:
        reports = []
        with child.receiver, contextlib.suppress(EOFError):
            reports.append(child.receiver.recv())
        code = os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])
        if code != 0 or not reports:
            why = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            self.died(child.name, f"the process ended with {why}")
        else:
            self.reported(child.name, reports[0])

    def _give_up(self, child: _Child) -> None:
        os.kill(child.pid, signal.SIGKILL)
        os.waitpid(child.pid, 0)
        child.receiver.close()
        self.died(child.name, f"the process did not end in {self.longest:g} seconds")
