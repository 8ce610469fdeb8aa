"""The points at which a function can be caught: a call of Stripe or of AWS, before or after it takes effect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.chaos.gate import Gate, GateHold
from sandbox.stack import Stack, request


@dataclass(frozen=True)
class Point:
    """`POST /v1/…` is a call of Stripe, anything else an operation of AWS, such as `TransactWriteItems`; `table`, such
    as `Payments`, is one that it has to name.
    """

    call: str
    took_effect: bool
    table: str = ""

    @property
    def is_at_stripe(self) -> bool:
        return " " in self.call

    def __str__(self) -> str:
        side = "after" if self.took_effect else "before"
        return f"{side} {self.call} ({self.table})" if self.table else f"{side} {self.call}"


Strike = Callable[[Callable[[], bool]], None]
"""What is done once the call is there; its argument is whether the caller still waits for an answer."""


class Held(Protocol):
    """A call that is waited for, and then kept back."""

    def look(self) -> None:
        """See whether the call is there, where nothing reports it."""

    def release(self) -> None:
        """Let it go on, or forget it if it never came. Safe to call again."""


def hold(point: Point, function: str, strike: Strike, *, stack: Stack, gate: Gate) -> Held:
    """Keep back the next call of this kind.

    Before it took effect, a call of Stripe has its idempotency key in use until it is released, and takes effect then,
    though its caller is gone; the sandbox does not know who calls, so nobody else may make such a call meanwhile. A
    call of AWS that is kept back before it took effect never does.
    """
    if not point.is_at_stripe:
        naming = stack.outputs[f"{point.table}Table"] if point.table else ""
        wanted = GateHold(function, point.call, point.took_effect, naming, strike)
        gate.hold(wanted)
        return _HeldAtAws(gate, wanted)
    method, _, path = point.call.partition(" ")
    control(stack, "POST", "faults", {"kind": "hang" if point.took_effect else "hold", "method": method, "path": path})
    return _HeldAtStripe(stack, strike)


def control(stack: Stack, method: str, path: str, body: Any = None) -> Any:
    """A control of the Stripe sandbox; its answer. Raises RuntimeError if it is refused."""
    answer = request(method, f"{stack.stripe_url}/_sandbox/{path}", body)
    if answer.status != 200:
        raise RuntimeError(f"{method} {path} was answered {answer.status} {answer.body}")
    return answer.body


@dataclass
class _HeldAtStripe:
    stack: Stack
    strike: Strike

    def look(self) -> None:
        """A call of Stripe waits for many seconds: this looks more often."""
        if control(self.stack, "GET", "holds")["holds"]:
            self.strike(lambda: True)

    def release(self) -> None:
        control(self.stack, "DELETE", "faults")
        for held in control(self.stack, "GET", "holds")["holds"]:
            control(self.stack, "POST", f"holds/{held}")


@dataclass
class _HeldAtAws:
    gate: Gate
    held: GateHold

    def look(self) -> None:
        """The gate strikes automatically."""

    def release(self) -> None:
        self.gate.clear()
        self.held.released.set()
