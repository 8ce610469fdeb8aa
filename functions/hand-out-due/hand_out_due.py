"""Hand out what is due to be looked at again. Runs every minute."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.records import Record, process
from paystream.model.schedule import DueInvoice
from paystream.observability import count, logger, metrics
from paystream.use_cases.collecting.hand_out_due import hand_out, lease, portions

PAGE = 500
AT_ONCE = 10
PORTION_MILLISECONDS = 15_000
"""Neither a page of each shard nor a portion is begun with less time left."""

NEEDED_MILLISECONDS = 3_000
"""One read or one write."""


class Run:
    """One run of the schedule, and what became of it."""

    def __init__(self, context: LambdaContext) -> None:
        self._until = bootstrap.now()
        self._due_invoices = bootstrap.stores().due_invoices
        self._remaining_milliseconds = context.get_remaining_time_in_millis
        self.unfinished = set(self._due_invoices.shards)
        self.failed: set[str] = set()
        self.handed_out = self.refused = 0

    def has_time(self) -> bool:
        return self._remaining_milliseconds() > PORTION_MILLISECONDS

    def go_round(self) -> None:
        """Read a page of each unfinished shard, the oldest first, and hand out what was read of all of them."""
        pages: dict[str, Sequence[DueInvoice]] = {}
        self._side_by_side(
            [Record(shard, shard, shard) for shard in sorted(self.unfinished)], partial(self._read, pages)
        )
        shard_of = {due: shard for shard, page in pages.items() for due in page}
        self.unfinished = {shard for shard, page in pages.items() if len(page) == PAGE}
        for portion in portions(shard_of):
            records = [Record(shard_of[due], due.lago_id, due) for due in portion]
            if self.has_time():
                self._hand_out(records)
            else:
                self.unfinished |= {record.identifier for record in records}
        self.unfinished -= self.failed

    def _read(self, pages: dict[str, Sequence[DueInvoice]], shard: str) -> None:
        pages[shard] = self._due_invoices.oldest(shard, until=self._until, limit=PAGE)

    def _hand_out(self, records: Sequence[Record]) -> None:
        now = bootstrap.now()
        leases: dict[DueInvoice, DueInvoice] = {}
        self._side_by_side(records, partial(lease, leases, due_invoices=self._due_invoices, now=now))
        ours = [leases[record.value] for record in records if record.value in leases]
        refused = hand_out(ours, due_invoices=self._due_invoices, queue=bootstrap.due_queue(), now=now)
        self.handed_out += len(ours) - refused
        self.refused += refused

    def _side_by_side(self, records: Iterable[Record], handle: Callable[[Any], None]) -> None:
        answer = process(
            records,
            handle,
            at_once=AT_ONCE,
            remaining_milliseconds=self._remaining_milliseconds,
            needed_milliseconds=NEEDED_MILLISECONDS,
        )
        self.failed |= {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Go round the shards until nothing is left that was due at the start, or no time.

    A page at a time, so that a long backlog in one shard never keeps the others waiting. A shard in which something
    fails is left to the next run, and so is all of it if the queue fails: what was leased comes up again.
    """
    run = Run(context)
    while run.unfinished and run.has_time():
        run.go_round()
    count("DueInvoiceHandedOut", run.handed_out)
    failed, unfinished = sorted(run.failed), sorted(run.unfinished)
    logger.info("due invoices handed out", handed_out=run.handed_out, refused=run.refused, unfinished_shards=unfinished)
    return {
        "handed_out": run.handed_out,
        "refused": run.refused,
        "failed_shards": failed,
        "unfinished_shards": unfinished,
    }
