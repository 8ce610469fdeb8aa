"""Faults on request: what can go wrong between a caller and Stripe, on both sides of the commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase

from .wire import JsonObject


class FaultKind(StrEnum):
    LATENCY = "latency"
    RATE_LIMIT = "429"
    ERROR_BEFORE_COMMIT = "500_before_commit"
    ERROR_AFTER_COMMIT = "500_after_commit"
    CUT_BEFORE_COMMIT = "cut_before_commit"
    CUT_AFTER_COMMIT = "cut_after_commit"
    TRUNCATED_BODY = "truncated_body"
    HOLD = "hold"
    """The request is in progress, its idempotency key in use, until released: only then does it take effect."""
    HANG = "hang"
    """The request has taken effect, but no response comes until released."""


@dataclass(slots=True)
class Fault:
    """Befalls the next `times` requests that match; `path` may hold `*`, `metadata` must be among the request's."""

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    metadata: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    seconds: float = 0.0
    reason: str = "endpoint-rate"

    def matches(self, method: str, path: str, params: JsonObject) -> bool:
        if self.method not in ("*", method) or not fnmatchcase(path, self.path):
            return False
        sent = params.get("metadata") if self.metadata else None
        return not self.metadata or (isinstance(sent, dict) and sent.items() >= self.metadata.items())


class Faults:
    """The faults still to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._pending.append(fault)

    def clear(self) -> None:
        self._pending.clear()

    def take(self, method: str, path: str, params: JsonObject) -> Fault | None:
        """The fault that befalls this request, if any; it then has one time less to come."""
        for fault in self._pending:
            if fault.matches(method, path, params):
                fault.times -= 1
                if fault.times <= 0:
                    self._pending.remove(fault)
                return fault
        return None
