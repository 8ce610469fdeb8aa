"""The log of API calls: what a test counts, and what a person looks at when a number is not as expected."""

from collections import Counter, deque
from dataclasses import dataclass

_LONGEST_LOG = 10_000


@dataclass(frozen=True, slots=True)
class Call:
    """One API call as the sandbox saw it; `status` is what was decided, even if it never reached the caller."""

    request_id: str
    at: float
    method: str
    path: str
    endpoint: str
    account: str | None
    idempotency_key: str | None
    status: int
    replayed: bool
    fault: str | None


class CallLog:
    """The last calls, and the counts of all calls per endpoint and status since the last reset."""

    def __init__(self) -> None:
        self.calls: deque[Call] = deque(maxlen=_LONGEST_LOG)
        self.counts: Counter[str] = Counter()
        self.outcomes: Counter[tuple[str, int]] = Counter()

    def record(self, call: Call) -> None:
        self.calls.append(call)
        self.counts[call.endpoint] += 1
        self.outcomes[call.endpoint, call.status] += 1

    def clear(self) -> None:
        self.calls.clear()
        self.counts.clear()
        self.outcomes.clear()
