"""Threads that sleep side by side on a clock that stands still until all of them sleep."""

import gc
import sys
import threading
from concurrent.futures import thread as pools
from threading import Condition
from types import FrameType

from sandbox.stripe.clock import ManualClock

_LOOKED_AGAIN_AFTER = 0.001
"""Real seconds between two looks at what the other threads do."""
_LOOKS = 2
"""In a row that must find all others waiting: one that was just woken shows only when it has had its turn."""

_WAITING = {(threading.__file__, "wait"), (pools.__file__, "_worker")}
"""Where a thread stands that sleeps here, waits for another one, or has nothing to do."""


class SharedSleep:
    """Lets the clock go on to the time at which the first of all sleepers wakes, then to the next one's.

    Not before every thread has come to its sleep or its end: one that is still at work would come too late for a turn
    that it was given before the clock went on.
    """

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._sleepers: list[float] = []
        self._changed = Condition()

    def sleep(self, seconds: float) -> None:
        with self._changed:
            until = self._clock.now() + seconds
            self._sleepers.append(until)
            self._changed.notify_all()
            quiet = 0
            while self._clock.now() < until:
                is_first = until == min(self._sleepers)
                woken = self._changed.wait(_LOOKED_AGAIN_AFTER if is_first else None)
                quiet = quiet + 1 if is_first and not woken and _all_others_wait() else 0
                if quiet == _LOOKS:
                    self._clock.advance(max(0.0, until - self._clock.now()))
            self._sleepers.remove(until)
            self._changed.notify_all()


def _current_frames() -> dict[int, FrameType]:
    """A collection of garbage while they are listed ends in a deadlock: https://github.com/python/cpython/issues/106883"""
    gc.disable()
    try:
        return sys._current_frames()
    finally:
        gc.enable()


def _all_others_wait() -> bool:
    """Of the main thread and those of pools: the test runner's own are no matter."""
    frames = _current_frames()
    others = [
        frames[one.ident]
        for one in threading.enumerate()
        if one.ident in frames
        and one is not threading.current_thread()
        and (one is threading.main_thread() or one.name.startswith("ThreadPoolExecutor"))
    ]
    return all((frame.f_code.co_filename, frame.f_code.co_name) in _WAITING for frame in others)
