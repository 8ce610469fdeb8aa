"""All rows of a file, some of them at the same time; what is done is in the journal, and is not done again."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any, Protocol

from paystream.errors import InvalidInputError

from importing.journal import Journal, Outcome, Result
from importing.rows import Row, said_of


class Kind(Protocol):
    """What the rows are of. A table has to have the column `needed`; `root` is the API's name of one."""

    @property
    def needed(self) -> str: ...
    @property
    def root(self) -> str: ...
    def id_of(self, row: Row) -> str | None:
        """What tells one from another."""
        ...

    def read(self, row: Row) -> tuple[dict[str, Any], frozenset[str]]:
        """What is sent of a row, and the columns that are not. Raises InvalidInputError."""
        ...

    def handle(self, body: Mapping[str, Any], *, was_sent: bool, about_to_send: Callable[[], None]) -> Outcome:
        """Look whether it is there, send it if not, say what became of it. `was_sent` is that this import has begun to
        send it before. Raises OperationError.
        """
        ...


class Run:
    """`advance` is called with each row that is done, and with whether it was done just now; `stop` ends what waits."""

    def __init__(
        self,
        kind: Kind,
        journal: Journal,
        *,
        workers: int,
        advance: Callable[[Row, bool], None],
        stop: Callable[[], None],
    ) -> None:
        self._kind, self._journal, self._workers = kind, journal, workers
        self._advance, self._stop = advance, stop
        self._under_way: dict[Future[Outcome], Row] = {}

    def all(self, rows: Iterable[Row]) -> None:
        """Raises OperationError. What had begun by then comes to its end, unless it waits, and is in the journal."""
        with ThreadPoolExecutor(self._workers) as pool:
            try:
                for row in rows:
                    self._begin(row, pool)
                    while len(self._under_way) >= self._workers:
                        self._collect()
                while self._under_way:
                    self._collect()
            finally:
                self._stop()
                self._keep_what_came_to_its_end()

    def _begin(self, row: Row, pool: ThreadPoolExecutor) -> None:
        if self._journal.is_done(row.line):
            self._advance(row, False)
            return
        external_id = self._kind.id_of(row)
        self._journal.enter(row.line, external_id)
        earlier = self._journal.earlier(row.line, external_id) if external_id else None
        if row.problem or earlier:
            reason = row.problem or f"its id is that of line {earlier}"
            self._end(row, _unread(external_id, reason, Result.REPEATED if earlier else Result.MALFORMED))
            return
        try:
            body, left_out = self._kind.read(row)
        except InvalidInputError as invalid:
            self._end(row, _unread(external_id, said_of(invalid.details)))
            return
        self._journal.leave_out(left_out)
        handle = partial(
            self._kind.handle,
            body,
            was_sent=self._journal.was_sent(row.line),
            about_to_send=partial(self._journal.send, row.line),
        )
        self._under_way[pool.submit(handle)] = row

    def _collect(self) -> None:
        """Write down what is done. Raises what the first of them has raised."""
        done, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
        for future in done:
            outcome = future.result()
            self._end(self._under_way.pop(future), outcome)

    def _keep_what_came_to_its_end(self) -> None:
        """A row that failed is looked at again by the next run: it is not written down."""
        wait(self._under_way)
        for future, row in self._under_way.items():
            if future.exception() is None:
                self._end(row, future.result())

    def _end(self, row: Row, outcome: Outcome) -> None:
        self._journal.end(row.line, outcome)
        self._advance(row, True)


def _unread(external_id: str | None, reason: str, result: Result = Result.MALFORMED) -> Outcome:
    return Outcome(result=result, external_id=external_id, reason=reason)
