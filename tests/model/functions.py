"""What a function does next: the product's own use case is run from its start with the answers that it has got so far.

It stops at the first call that has no answer yet. So a running function is a value: what it was started with, and its
answers. Each has a number, and is run once, in however many states it occurs.
"""

from dataclasses import dataclass, field
from typing import Any

from greenlet import greenlet
from paystream.model.invoice import Invoice

from model.use_cases import KINDS, Around, Start
from model.world.calls import ACTS, Call, Raises
from model.world.values import VALUES


@dataclass(slots=True)
class Running:
    """A function that has got so far: it `asks` for something, or it has come to its end. The versions are those of the
    invoice that it has read or written, the lowest and the highest.
    """

    start: Start
    answers: tuple[int, ...]
    asks: Call | None = None
    returned: Any = None
    raised: Exception | None = None
    versions: tuple[int, int] = (0, 0)
    has_acted: bool = False
    followed_by: dict[int, int] = field(default_factory=dict)
    suspended: "_Suspended | None" = None

    @property
    def has_ended(self) -> bool:
        """Whether it has returned or raised."""
        return self.asks is None


RUNNING: list[Running] = []
_STARTED: dict[Start, int] = {}


def forget() -> None:
    """Begin a search with none: each takes memory."""
    RUNNING.clear()
    _STARTED.clear()


def begin(start: Start) -> int:
    """The number of a function that begins."""
    if start not in _STARTED:
        _STARTED[start] = _noted(Running(start, ()), _Suspended(start))
    return _STARTED[start]


def after(number: int, answer: int) -> int:
    """The number of a function after an answer, which is a value's number."""
    running = RUNNING[number]
    if answer not in running.followed_by:
        suspended, running.suspended = running.suspended or _again(running), None
        answers = (*running.answers, answer)
        has_acted = running.asks is not None and running.asks.method in ACTS
        following = Running(running.start, answers, versions=_versions(answers), has_acted=has_acted)
        running.followed_by[answer] = _noted(following, suspended, answer)
    return running.followed_by[answer]


def _again(running: Running) -> "_Suspended":
    """The function from its start to where it has got."""
    suspended = _Suspended(running.start)
    for answer in (None, *running.answers):
        suspended.switch(answer)
    return suspended


def _noted(running: Running, suspended: "_Suspended", answer: int | None = None) -> int:
    given = suspended.switch(answer)
    if isinstance(given, Call):
        running.asks, running.suspended = given, suspended
    else:
        running.returned, running.raised = given
    RUNNING.append(running)
    return len(RUNNING) - 1


class _Suspended(greenlet):
    """A function that waits for an answer. To go on from there saves running it from its start, and nothing else."""

    def __init__(self, start: Start) -> None:
        super().__init__()
        self._start = start

    def run(self, _: None) -> tuple[Any, Exception | None]:
        """The result, or the error that it ends with."""
        try:
            return KINDS[self._start.kind](Around(self._start, self._ask)), None
        except Exception as error:  # noqa: BLE001 What it may raise is for the invariants to say.
            return None, error.with_traceback(None)

    def _ask(self, port: str, method: str, *arguments: Any, **options: Any) -> Any:
        if port == "integrations":
            found = VALUES[self._start.integration]
            return (found,) if method == "all" else found
        if port == "customers" and self._start.customer is not None:
            return VALUES[self._start.customer]
        if method in ("collect", "create_link"):
            arguments = (VALUES.number(arguments[0]),)
        parent = self.parent
        assert parent is not None
        answer = VALUES[parent.switch(Call(port, method, arguments, options))]
        if isinstance(answer, Raises):
            raise answer.kind(answer.text)
        return answer


def _versions(answers: tuple[int, ...]) -> tuple[int, int]:
    read = [VALUES[one].version for one in answers if isinstance(VALUES[one], Invoice)]
    return (min(read), max(read)) if read else (0, 0)
