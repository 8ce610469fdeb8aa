"""Waits that a busy machine does not fail: they end when nothing goes on any more, however long that takes."""

import time
from collections.abc import Callable
from typing import Any

_POLL_SECONDS = 0.1
_LOOK_SECONDS = 1.0
_LOOKS_WITHOUT_PROGRESS = 45
"""More than the 30 seconds after which a queue brings a message again: the longest that a healthy stack is silent."""

_LONGEST_SECONDS = 1800.0


class Patience:
    """Looks at what was done so far, once a second. It is counted in looks: one takes longer while others have the CPU.

    `progress` answers with anything that is another thing once something was done.
    """

    def __init__(self, progress: Callable[[], object], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._progress = progress
        self._clock = clock
        self._seen: object = None
        self._looks_without = 0
        self._next_look = clock()
        self._ends_at = clock() + _LONGEST_SECONDS

    def look(self) -> None:
        """Raises TimeoutError once nothing went on for so many looks, or the wait is longer than any can be."""
        now = self._clock()
        if now > self._ends_at:
            raise TimeoutError(f"it did not come within {_LONGEST_SECONDS:g} s")
        if now < self._next_look:
            return
        seen = self._progress()
        self._looks_without = self._looks_without + 1 if seen == self._seen else 0
        self._seen = seen
        self._next_look = self._clock() + _LOOK_SECONDS
        if self._looks_without >= _LOOKS_WITHOUT_PROGRESS:
            raise TimeoutError(f"nothing went on any more for {self._looks_without} s and longer")


def wait_for(what: str, attempt: Callable[[], Any], *, progress: Callable[[], object]) -> Any:
    """The first truthy result of `attempt`. Raises TimeoutError that says what was waited for, and why no longer."""
    patience = Patience(progress)
    while not (result := attempt()):
        try:
            patience.look()
        except TimeoutError as end:
            raise TimeoutError(f"waited for {what}: {end}") from None
        time.sleep(_POLL_SECONDS)
    return result
