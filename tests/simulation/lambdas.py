"""Lambda in memory: execution environments, invocations, time-outs and crashes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aws_in_memory.stack import Function
from greenlet import getcurrent

from .scheduler import Scheduler, Task, current_task


class KilledError(BaseException):
    """The process is gone, as by SIGKILL: no boundary of a handler sees it. Its name is that of no Exception."""


@dataclass(eq=False, slots=True)
class Environment:
    """One execution environment: what bootstrap has made in it lives as long as it does."""

    function: Function
    made: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """An invocation that gave no answer: `reason` is `error`, `crash` or `timeout`."""

    reason: str
    error: BaseException | None = None


Done = Callable[[Any], None]
"""Called with the answer of an invocation, or with Failed."""


@dataclass(eq=False, slots=True)
class Invocation:
    """One call of a function; `deadline` in epoch seconds."""

    number: int
    environment: Environment
    event: Any
    deadline: float
    done: Done
    context: Any = None
    tasks: list[Task] = field(default_factory=list)
    ended: str = ""

    @property
    def function(self) -> Function:
        return self.environment.function


@dataclass(frozen=True, slots=True)
class Context:
    """As much of AWS's context as handlers and their libraries look at."""

    function_name: str
    aws_request_id: str
    remaining: Callable[[], float]
    memory_limit_in_mb: int = 512

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:us-east-1:123456789012:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int(self.remaining() * 1000))


def current_invocation() -> Invocation | None:
    """The invocation that runs; None while the world itself is at work."""
    task = current_task()
    return None if task is None or not isinstance(task.owner, Invocation) else task.owner


@dataclass(slots=True)
class Lambda:
    """All functions. An invocation takes a warm environment that is free, or makes a new one."""

    functions: Mapping[str, Function]
    scheduler: Scheduler
    running: dict[int, Invocation] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    unexpected: list[BaseException] = field(default_factory=list)
    _free: dict[str, list[Environment]] = field(default_factory=dict)
    _invocations: int = 0

    def invoke(self, name: str, event: Any, done: Done) -> Invocation:
        """Begin an invocation; it goes on as the scheduler lets it."""
        function = self.functions[name]
        free = self._free.setdefault(name, [])
        environment = free.pop() if free else Environment(function)
        self._invocations += 1
        now = self.scheduler.clock.now
        invocation = Invocation(self._invocations, environment, event, now() + function.timeout, done)
        invocation.context = Context(function.name, f"request-{self._invocations}", lambda: invocation.deadline - now())
        self.running[invocation.number] = invocation
        self.scheduler.at(invocation.deadline, lambda: self.kill(invocation, "timeout"))
        invocation.tasks.append(self.scheduler.begin(lambda: self._run(invocation), invocation))
        return invocation

    def kill(self, invocation: Invocation, reason: str) -> None:
        """End the process of an invocation now, and its environment with it."""
        if invocation.ended:
            return
        invocation.ended = reason
        current = getcurrent()
        for task in invocation.tasks:
            if task in self.scheduler.runnable:
                self.scheduler.runnable.remove(task)
            if task is not current and task:
                task.parent = current
                task.throw(KilledError())
        self._end(invocation, Failed(reason))

    def empty_environments(self) -> None:
        """From now on every environment is a new one."""
        self._free.clear()

    def _run(self, invocation: Invocation) -> None:
        try:
            answer = invocation.function.load()(invocation.event, invocation.context)
        except KilledError:
            return
        except BaseException as error:
            if not isinstance(error, Exception):
                self.unexpected.append(error)
            self._finish(invocation, Failed("error", error))
        else:
            self._finish(invocation, answer)

    def _finish(self, invocation: Invocation, answer: Any) -> None:
        invocation.ended = "answered" if not isinstance(answer, Failed) else answer.reason
        self._free[invocation.function.name].append(invocation.environment)
        self._end(invocation, answer)

    def _end(self, invocation: Invocation, answer: Any) -> None:
        del self.running[invocation.number]
        invocation.event = None
        key = f"{invocation.function.name} {invocation.ended}"
        self.counts[key] = self.counts.get(key, 0) + 1
        invocation.done(answer)

    def threads(self, invocation: Invocation, works: list[Callable[[], None]]) -> None:
        """Run side by side within an invocation, as threads do, and wait for all of them."""
        parent = current_task()
        left = len(works)

        def run(work: Callable[[], None]) -> None:
            nonlocal left
            try:
                work()
            except KilledError:
                return
            left -= 1
            if left == 0 and parent is not None:
                self.scheduler.unblock(parent)

        for work in works:
            invocation.tasks.append(self.scheduler.begin(partial(run, work), invocation))
        self.scheduler.block()
        if invocation.ended:
            raise KilledError
        invocation.tasks = [task for task in invocation.tasks if not task.dead]
