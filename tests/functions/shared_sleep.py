"""Threads that sleep side by side on a clock that stands still until somebody lets it go on."""

from threading import Condition

from sandbox.stripe.clock import ManualClock

_LET_OTHERS_COME = 0.01
"""Real seconds in which a thread that would sleep for a shorter time comes to say so."""


class SharedSleep:
    """Lets the clock go on to the time at which the first of all sleepers wakes, then to the next one's."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._sleepers: list[float] = []
        self._changed = Condition()

    def sleep(self, seconds: float) -> None:
        with self._changed:
            until = self._clock.now() + seconds
            self._sleepers.append(until)
            self._changed.notify_all()
            while self._clock.now() < until:
                is_first = until == min(self._sleepers)
                if not self._changed.wait(_LET_OTHERS_COME if is_first else None):
                    self._clock.advance(max(0.0, until - self._clock.now()))
            self._sleepers.remove(until)
            self._changed.notify_all()
