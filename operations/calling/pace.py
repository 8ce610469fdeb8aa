"""How fast requests follow one another: evenly spaced, slower after each refusal, and back again by and by."""

from collections.abc import Callable
from threading import Lock

_SLOWER = 2.0
_FASTER = 0.98
_SLOWEST_SECONDS = 2.0
"""Between two turns, however often it was refused."""


class Pace:
    """Shared by all threads of a command. `per_second` is the most; times are seconds of any clock that only grows."""

    def __init__(self, per_second: float, *, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._shortest = self._step = 1 / per_second
        self._clock, self._sleep = clock, sleep
        self._next = 0.0
        self._slower_again_from = 0.0
        self._lock = Lock()

    def wait(self, turns: int = 1) -> None:
        """Sleep until it is this caller's turn. One that makes Stripe answer twice takes two turns."""
        with self._lock:
            begins = max(self._next, self._clock())
            self._next = begins + turns * self._step
            self._step = max(self._shortest, self._step * _FASTER)
        while (left := begins - self._clock()) > 0:
            self._sleep(left)

    def back_off(self, seconds: float) -> None:
        """Nobody begins before so many seconds have passed; then slower. Refusals that come together count once."""
        with self._lock:
            now = self._clock()
            self._next = max(self._next, now + seconds)
            if now >= self._slower_again_from:
                self._step = min(self._step * _SLOWER, _SLOWEST_SECONDS)
                self._slower_again_from = now + seconds
