"""A child says how it went, and its parent hears of a child that says nothing."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from simulation.forks import Children


def heard(work: Callable[[], Any], *, longest: float = 60.0) -> list[tuple[str, Any]]:
    """What a parent hears of a child that does this work and reports what comes of it."""
    reported: list[tuple[str, Any]] = []

    def note(name: str, what: Any) -> None:
        reported.append((name, what))

    with Children(note, note, longest=longest) as children:
        if children.fork("the child"):
            try:
                children.finish(work())
            finally:
                os._exit(7)
    return reported


def test_a_child_reports() -> None:
    assert heard(lambda: {"sum": 2}) == [("the child", {"sum": 2})]


def test_a_large_report_arrives_whole() -> None:
    ((_, report),) = heard(lambda: "x" * 1_000_000)

    assert len(report) == 1_000_000


def test_a_child_that_is_killed_is_reported() -> None:
    assert heard(lambda: os.kill(os.getpid(), signal.SIGKILL)) == [("the child", "the process ended with SIGKILL")]


def test_a_child_that_ends_without_a_report_is_reported() -> None:
    assert heard(lambda: os._exit(3)) == [("the child", "the process ended with exit code 3")]


def test_a_child_that_hangs_is_ended() -> None:
    began = time.monotonic()

    assert heard(lambda: time.sleep(60), longest=0.2) == [("the child", "the process did not end in 0.2 seconds")]
    assert time.monotonic() - began < 30


def test_as_many_children_run_side_by_side_as_may() -> None:
    reported: list[int] = []
    with Children(lambda _, number: reported.append(number), lambda *died: None, most=2) as children:
        for number in range(5):
            if children.fork(str(number)):
                children.finish(number)

    assert sorted(reported) == [0, 1, 2, 3, 4]
