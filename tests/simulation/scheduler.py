"""One thread, many tasks: who goes on is drawn from the seed, and time passes only when the world lets it."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from greenlet import getcurrent, greenlet

Work = Callable[[], object]


class Task(greenlet):
    """Something that runs until its next effect, then waits for its turn. `owner` is whom it belongs to."""

    def __init__(self, work: Work, owner: Any, hub: greenlet) -> None:
        super().__init__(work, hub)
        self.owner = owner


def current_task() -> Task | None:
    """The task that runs; None while the world itself is at work."""
    task = getcurrent()
    return task if isinstance(task, Task) else None


@dataclass(slots=True)
class Clock:
    """Epoch seconds that only move forward."""

    seconds: float

    def now(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time only moves forward")
        self.seconds += seconds


@dataclass(slots=True)
class Scheduler:
    """The tasks that can go on, and what is to happen at some time."""

    clock: Clock
    random: Random
    runnable: list[Task] = field(default_factory=list)
    hub: greenlet = field(default_factory=getcurrent)
    _timers: list[tuple[float, int, Work]] = field(default_factory=list)
    _order: Any = field(default_factory=count)

    def begin(self, work: Work, owner: Any) -> Task:
        """Something new that runs, from its turn on."""
        task = Task(work, owner, self.hub)
        self.runnable.append(task)
        return task

    def resume_one(self) -> Task:
        """Let one of the tasks go on until its next effect."""
        runnable = self.runnable
        position = int(self.random.random() * len(runnable)) if len(runnable) > 1 else 0
        task = runnable[position]
        task.switch()
        if task.dead and task in runnable:
            runnable.remove(task)
        return task

    def turn(self) -> None:
        """Called by a task: let the others go on."""
        if current_task() is not None:
            self.hub.switch()

    def block(self) -> None:
        """Called by a task: wait until another one unblocks it."""
        task = current_task()
        if task is None:
            raise RuntimeError("only a task can wait")
        self.runnable.remove(task)
        self.turn()

    def unblock(self, task: Task) -> None:
        if not task.dead and task not in self.runnable:
            self.runnable.append(task)

    def sleep(self, seconds: float) -> None:
        """Called by a task: go on when so many seconds have passed. The world itself does not wait."""
        task = current_task()
        if task is not None:
            self.at(self.clock.now() + seconds, lambda: self.unblock(task))
            self.block()

    def at(self, time: float, work: Work) -> None:
        """Do something at a time, in epoch seconds."""
        heapq.heappush(self._timers, (time, next(self._order), work))

    def run_timers(self) -> int:
        """Do what is due by now; how much it was."""
        done = 0
        while self._timers and self._timers[0][0] <= self.clock.seconds:
            heapq.heappop(self._timers)[2]()
            done += 1
        return done

    def next_timer(self) -> float | None:
        return self._timers[0][0] if self._timers else None
