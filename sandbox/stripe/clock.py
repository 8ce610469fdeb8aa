"""The time the sandbox lives in: given from outside, so that a test can let a day pass at once."""

import time
from typing import Protocol


class Clock(Protocol):
    """Epoch seconds that can be moved forward, never back."""

    def now(self) -> float: ...

    def advance(self, seconds: float) -> None: ...


class ManualClock:
    """Stands still until it is advanced."""

    def __init__(self, start: float = 1_790_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += _forward(seconds)


class SystemClock:
    """The machine's time, plus whatever it was advanced by."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += _forward(seconds)


def _forward(seconds: float) -> float:
    if seconds < 0:
        raise ValueError(f"time only moves forward, not by {seconds} seconds")
    return seconds
