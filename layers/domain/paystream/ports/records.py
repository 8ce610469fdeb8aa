"""Stream records that were not handled, and who would have handled them."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from paystream.model.redrive import Portion, StreamConsumer, StreamRecord


class RecordSource(Protocol):
    """Stream records that were not handled, kept somewhere."""

    def portions(self, after: str | None) -> Iterator[Portion]:
        """What there is after a cursor, read as it is asked for; portions without records say how far it has come.

        Raises InvalidInputError for a cursor that is not one of this source's.
        """
        ...

    def put_away(self, portion: Portion) -> None:
        """Its records were handled: it does not come again. Repeats are harmless."""
        ...


class StreamConsumers(Protocol):
    """The functions that handle streams, given records by hand."""

    def handle(self, consumer: StreamConsumer, records: Sequence[StreamRecord]) -> tuple[StreamRecord, ...]:
        """Hand the records over as the stream would, ten at most, and wait; returns those that were not handled.

        If nothing is known, because the function failed or did not answer, that is all of them.
        """
        ...
