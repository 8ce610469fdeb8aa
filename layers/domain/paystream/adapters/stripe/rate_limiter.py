"""Whose turn it is: the requests of all functions to one account pass evenly spaced, as fast as its limits let them.

Requests are spaced, not counted by the second: counts let twice as many pass around the turn of a second. What finds
no turn soon enough is given a place in a second line, that of what was postponed: so thousands come again one after the
other and not all at once.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Protocol

from paystream.errors import RateLimitedError
from paystream.model.integration import Integration
from paystream.model.rate_limit import RateLimit
from paystream.observability import count

SECOND = 1_000_000
"""Times in the table are whole microseconds since 1970."""

TOTAL = "total"
SOON = 10.0
"""Seconds after which what was postponed comes again at the earliest; and how far jitter spreads it."""

SHARE_OF_WHAT_WAS_POSTPONED = 0.9
"""The rest of the rate is for what is new."""

_PLACES_AT_ONCE = 25
"""One write brings so many places in the line of what was postponed; those that an environment leaves unused are lost.
"""

_NEVER_TOO_LATE = 10**18


@dataclass(frozen=True, slots=True)
class Reservation:
    """From when each line was free before the reservation: what was granted may go at the latest of these times."""

    free_from: Mapping[str, int]
    granted: bool


class Timetable(Protocol):
    """The next free time of each line of requests to an account, shared by all functions."""

    def reserve(
        self, integration: Integration, steps: Mapping[str, int], *, start: int, latest: int, seen: Mapping[str, int]
    ) -> Reservation | None:
        """Take a turn in all lines at once, each of which is busy for its step, in microseconds, from then on.

        Refused if one of them is not free before `latest`; a line that is free begins at `start`. `seen` is what the
        caller believes of them. None if the timetable does not answer.
        """
        ...


class RateLimiter:
    """One for an execution environment. Times are seconds since 1970, `random` gives numbers from 0 to 1."""

    def __init__(
        self,
        timetable: Timetable,
        *,
        longest_wait: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        random: Callable[[], float],
    ) -> None:
        self._timetable = timetable
        self._longest_wait = longest_wait
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._seen: dict[tuple[str, str, str], int] = {}
        self._places: dict[tuple[str, str, str], deque[float]] = {}
        self._lock = Lock()

    def deadline(self) -> float:
        """Until when a request that begins now may wait."""
        return self._clock() + self._longest_wait

    def wait_for_turn(self, integration: Integration, endpoint: str, deadline: float) -> None:
        """Sleep until the request may go. Raises RateLimitedError if that would be after the deadline.

        If the timetable does not answer the request goes: Stripe's own 429 is the limit that counts.
        """
        start, latest = int(self._clock() * SECOND), int(deadline * SECOND)
        lines = _steps(integration.rate_limit, endpoint)
        seen = {line: self._seen.get(_key(integration, line), 0) for line in lines}
        if any(free_from > latest for free_from in seen.values()):
            raise self.refusal(integration, endpoint)
        reservation = self._timetable.reserve(integration, lines, start=start, latest=latest, seen=seen)
        if reservation is None:
            return
        for line, free_from in reservation.free_from.items():
            step = lines[line] if reservation.granted else 0
            self._seen[_key(integration, line)] = free_from + step
        if not reservation.granted:
            raise self.refusal(integration, endpoint)
        turn = max(start, *reservation.free_from.values()) / SECOND
        while (left := turn - self._clock()) > 0:
            self._sleep(left)

    def back_off(self, integration: Integration, endpoint: str, pause: float, deadline: float) -> None:
        """Sleep for a random part of the pause (full jitter). Raises RateLimitedError if that is not before the
        deadline.
        """
        seconds = self._random() * pause
        if self._clock() + seconds >= deadline:
            raise self.refusal(integration, endpoint)
        self._sleep(seconds)

    def refusal(self, integration: Integration, endpoint: str) -> RateLimitedError:
        """The error that says when to try again: at a place in the line of what was postponed, not before SOON."""
        count("StripeRateLimitReached")
        at = self._place(integration, endpoint) + self._random() * SOON
        return RateLimitedError(datetime.fromtimestamp(at, UTC), at - self._clock())

    def _place(self, integration: Integration, endpoint: str) -> float:
        earliest = self._clock() + SOON
        key = _key(integration, endpoint)
        # Held while the table is asked, too: each thread would bring a block of places of its own, and waste the rest.
        with self._lock:
            places = self._places.setdefault(key, deque())
            while places and places[0] < earliest:
                places.popleft()
            return places.popleft() if places else self._more_places(integration, endpoint, earliest, places)

    def _more_places(self, integration: Integration, endpoint: str, earliest: float, places: deque[float]) -> float:
        """Where the timetable does not answer, only jitter spreads: over as long as SOON."""
        pause = 1 / (integration.rate_limit.slower * SHARE_OF_WHAT_WAS_POSTPONED)
        line = f"{endpoint} put off"
        start, block = int(earliest * SECOND), int(_PLACES_AT_ONCE * pause * SECOND)
        seen = {line: self._seen.get(_key(integration, line), 0)}
        reservation = self._timetable.reserve(
            integration, {line: block}, start=start, latest=_NEVER_TOO_LATE, seen=seen
        )
        if reservation is None or not reservation.granted:
            return earliest
        first = max(start, reservation.free_from[line]) / SECOND
        self._seen[_key(integration, line)] = int(first * SECOND) + block
        places.extend(first + number * pause for number in range(1, _PLACES_AT_ONCE))
        return first


def _steps(limit: RateLimit, endpoint: str) -> dict[str, int]:
    """How long a request keeps each line busy. Rounded up: never faster than the limit."""
    return {endpoint: -(-SECOND // limit.endpoint), TOTAL: -(-SECOND // limit.total)}


def _key(integration: Integration, line: str) -> tuple[str, str, str]:
    return integration.organization_id, integration.lago_id, line
