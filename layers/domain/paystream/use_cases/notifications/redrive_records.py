"""Handle stream records once more that failed for good, or that their stream has forgotten.

They are given to the function that would have got them, which is safe to repeat, at once or after days: an attempt to
collect that is older than Stripe's memory is looked up first (rule 4 of docs/architecture.md).
"""

from collections.abc import Callable
from dataclasses import dataclass

from paystream.model.redrive import MOST_AT_ONCE, Portion, StreamRecord
from paystream.ports.records import RecordSource, StreamConsumers

MOST_LEFT = 1000
"""As many as one answer names."""

DRY_RUN = "not tried: this is a dry run"
NOT_HANDLED = "not handled: the log of {consumer} says why"


@dataclass(frozen=True, slots=True)
class Left:
    """What stays as it was, and why: a record, in an object or in a table, or an object that cannot be read."""

    reason: str
    record: str | None = None
    kept_as: str | None = None


@dataclass(frozen=True, slots=True)
class Redriven:
    """How many records were handled, and what stays. Until all is `done`, it goes on from the cursor; None is the
    beginning.
    """

    handled: int
    left: tuple[Left, ...]
    done: bool
    next_cursor: str | None = None


def redrive_records(
    source: RecordSource,
    *,
    consumers: StreamConsumers,
    cursor: str | None,
    dry_run: bool,
    has_time: Callable[[], bool],
) -> Redriven:
    """Go through the source, from a cursor on. A portion is put away after all of its records were handled, never
    before: a crash anywhere has them handled again. What stays is passed over, so that it never holds up the rest.
    """
    handled = 0
    left: list[Left] = []
    for portion in source.portions(cursor):
        if len(left) >= MOST_LEFT or not has_time():
            return Redriven(handled, tuple(left), done=False, next_cursor=cursor)
        stays = _dry_run(portion) if dry_run else _redrive(portion, source, consumers, has_time)
        if stays is None:
            return Redriven(handled, tuple(left), done=False, next_cursor=cursor)
        handled += len(portion.records) - sum(1 for one in stays if one.record)
        left += stays
        cursor = portion.cursor
    return Redriven(handled, tuple(left), done=True)


def _dry_run(portion: Portion) -> list[Left]:
    return [_left(portion, DRY_RUN, record) for record in portion.records] or _unreadable(portion)


def _redrive(
    portion: Portion, source: RecordSource, consumers: StreamConsumers, has_time: Callable[[], bool]
) -> list[Left] | None:
    """What stays of the portion; None if time ran out: it comes first the next time."""
    if portion.consumer is None:
        return _unreadable(portion)
    failed: list[StreamRecord] = []
    for start in range(0, len(portion.records), MOST_AT_ONCE):
        if not has_time():
            return None
        failed += consumers.handle(portion.consumer, portion.records[start : start + MOST_AT_ONCE])
    if not failed:
        source.put_away(portion)
    reason = NOT_HANDLED.format(consumer=portion.consumer.value)
    return [_left(portion, reason, record) for record in failed]


def _unreadable(portion: Portion) -> list[Left]:
    return [Left(portion.problem, kept_as=portion.kept_as)] if portion.problem else []


def _left(portion: Portion, reason: str, record: StreamRecord) -> Left:
    return Left(reason, record.name, portion.kept_as)
