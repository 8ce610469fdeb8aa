"""When a wait on the stack is given up: once nothing goes on any more, not once a clock says so."""

from collections.abc import Callable
from itertools import count

import pytest
from sandbox.waiting import Patience, wait_for

MOST_POLLS = 100_000


class Machine:
    """What a stack has done so far, and a clock: a look takes so many seconds."""

    def __init__(self, *, look_seconds: float = 0.1) -> None:
        self.done = 0
        self.looks = 0
        self._look_seconds = look_seconds
        self._now = 0.0

    def clock(self) -> float:
        return self._now

    def progress(self) -> int:
        self.looks += 1
        self._now += self._look_seconds
        return self.done

    def seconds_until_given_up(self, meanwhile: Callable[[int], None] | None = None) -> float:
        """How long a caller is patient; `meanwhile` is called with the number of each poll."""
        patience = Patience(self.progress, clock=self.clock)
        with pytest.raises(TimeoutError):
            self._poll(patience, meanwhile)
        return self._now

    def _poll(self, patience: Patience, meanwhile: Callable[[int], None] | None) -> None:
        for number in range(MOST_POLLS):
            if meanwhile:
                meanwhile(number)
            patience.look()
            self._now += 0.1


def test_nothing_goes_on_for_45_looks_a_second_apart() -> None:
    machine = Machine(look_seconds=0)
    assert machine.seconds_until_given_up() == pytest.approx(46, abs=1)
    assert machine.looks == 46


def test_a_busy_machine_gets_as_many_looks_however_long_one_takes() -> None:
    machine = Machine(look_seconds=9)
    assert machine.seconds_until_given_up() > 45 * 9
    assert machine.looks == 46


def test_what_goes_on_now_and_then_is_waited_for() -> None:
    machine = Machine(look_seconds=0)

    def works_each_forty_seconds_ten_times(poll: int) -> None:
        if poll % 400 == 0 and poll <= 4000:
            machine.done += 1

    assert machine.seconds_until_given_up(works_each_forty_seconds_ten_times) == pytest.approx(446, abs=3)


def test_what_goes_on_for_ever_is_given_up_after_half_an_hour() -> None:
    machine, numbers = Machine(look_seconds=0), count()

    def always_works(poll: int) -> None:
        machine.done = next(numbers)

    assert machine.seconds_until_given_up(always_works) == pytest.approx(1800, abs=1)


def test_what_is_there_already_is_not_waited_for() -> None:
    machine = Machine()
    assert wait_for("an answer", lambda: "the answer", progress=machine.progress) == "the answer"
    assert machine.looks == 0
