"""What happens automatically later on: a bank debit settles, a checkout session expires."""

import heapq
from dataclasses import dataclass, field
from enum import StrEnum


class TaskKind(StrEnum):
    SETTLE_PAYMENT = "settle_payment"
    SETTLE_REFUND = "settle_refund"
    EXPIRE_CHECKOUT = "expire_checkout"


@dataclass(frozen=True, slots=True, order=True)
class Task:
    due_at: float
    sequence: int
    kind: TaskKind = field(compare=False)
    account_id: str = field(compare=False)
    object_id: str = field(compare=False)


class Agenda:
    """Tasks by the time at which they are due."""

    def __init__(self) -> None:
        self._tasks: list[Task] = []
        self._sequence = 0

    def add(self, due_at: float, kind: TaskKind, account_id: str, object_id: str) -> None:
        self._sequence += 1
        heapq.heappush(self._tasks, Task(due_at, self._sequence, kind, account_id, object_id))

    def take_due(self, now: float) -> list[Task]:
        due = []
        while self._tasks and self._tasks[0].due_at <= now:
            due.append(heapq.heappop(self._tasks))
        return due

    def clear(self) -> None:
        self._tasks.clear()

    def next_due(self) -> float | None:
        return self._tasks[0].due_at if self._tasks else None
