"""Every effect of every function: a call of AWS or of Stripe, with a turn of the others before and after it.

What befalls an effect is decided here: it is crashed at, it fails, or it succeeds and its answer is lost.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import FrameType
from typing import Any

from aws_in_memory.iam import denied

from .lambdas import Invocation, KilledError, Lambda, current_invocation
from .scheduler import Scheduler
from .trace import Trace

Perform = Callable[[], Any]


class Moment(Enum):
    """When a process is killed, seen from the effect."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Site:
    """Where in Paystream's adapters an effect is called from."""

    module: str
    function: str
    line: int


Fault = Callable[[Perform], Any]
"""Has the effect or not, and answers or raises."""

FaultOf = Callable[[str, str, Mapping[str, Any]], tuple[str, Fault] | None]
"""The fault that befalls a call of an operation of a service with these parameters, and its name."""


@dataclass(slots=True)
class Effects:
    """`crash_at` says of each effect, by its number within the run, and each moment whether its process is killed.
    `sites` collects where effects are called from, if that is wanted.

    `denied` is what the roles of the template would not have allowed: it happens all the same, and is complained of.
    """

    scheduler: Scheduler
    compute: Lambda
    trace: Trace
    crash_at: Callable[[int, Moment], bool] = lambda number, moment: False
    fault_of: FaultOf = lambda service, operation, parameters: None
    sites: set[Site] | None = None
    number: int = 0
    crashes: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    denied: set[str] = field(default_factory=set)

    def perform(self, service: str, operation: str, parameters: Mapping[str, Any], perform: Perform) -> Any:
        """The effect of the invocation that runs; what the world itself does happens at once."""
        invocation = current_invocation()
        if invocation is None:
            return perform()
        self.number += 1
        number = self.number
        name = f"{service}.{operation}"
        if self.sites is not None:
            self.sites.update(sites_under_way())
        self.trace.note(str(invocation.number), invocation.function.name, name)
        if service == "dynamodb":
            self.denied.update(denied(invocation.function.name, operation, parameters))
        self._turn(invocation, number, Moment.BEFORE, name)
        fault = self.fault_of(service, operation, parameters)
        try:
            if fault is None:
                return perform()
            self.faults[f"{service} {fault[0]}"] += 1
            self.trace.note("fault", name, fault[0])
            return fault[1](perform)
        finally:
            self._turn(invocation, number, Moment.AFTER, name)

    def _turn(self, invocation: Invocation, number: int, moment: Moment, name: str) -> None:
        """Let the others go on, then go on, unless the process is gone."""
        if invocation.ended:
            raise KilledError
        if self.crash_at(number, moment):
            self.crashes += 1
            self.trace.note("crash", invocation.function.name, f"{moment.value} {name}")
            self.compute.kill(invocation, "crash")
            raise KilledError
        self.scheduler.turn()
        if invocation.ended:
            raise KilledError


class Client:
    """A client of a service whose every call is an effect. An operation is made when it is called first, and kept."""

    def __init__(self, service: str, imitation: Any, effects: Effects) -> None:
        self._service = service
        self._imitation = imitation
        self._effects = effects

    def __getattr__(self, operation: str) -> Any:
        found = getattr(self._imitation, operation)
        if operation != "exceptions":
            found = self._as_effect(operation, found)
        setattr(self, operation, found)
        return found

    def _as_effect(self, operation: str, call: Callable[..., Any]) -> Callable[..., Any]:
        perform, service = self._effects.perform, self._service
        return lambda **parameters: perform(service, operation, parameters, lambda: call(**parameters))


def sites_under_way() -> Iterator[Site]:
    """The frames in the adapters: the call itself, and those that lead to it through Stripe's library."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith("paystream.adapters"):
            yield Site(module, frame.f_code.co_name, frame.f_lineno)
        frame = frame.f_back
