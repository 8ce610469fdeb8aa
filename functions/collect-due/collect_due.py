"""Hand out what is due to be looked at again. Runs every minute."""

from datetime import datetime
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.records import Record, process
from paystream.observability import count, logger, metrics
from paystream.ports import DueInvoices, DueQueue
from paystream.use_cases.collect_due import HandedOut
from paystream.use_cases.collect_due import collect_due as collect

AT_ONCE = 10
ROUND_MILLISECONDS = 20_000
"""No round is begun with less time left: a page of each shard takes a few seconds."""

NEEDED_MILLISECONDS = 5_000
"""A page of a shard."""


def _hand_out_page(
    until: datetime, pages: dict[str, HandedOut], due_invoices: DueInvoices, queue: DueQueue, shard: str
) -> None:
    pages[shard] = collect(shard, until=until, due_invoices=due_invoices, queue=queue, clock=bootstrap.now)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Go round the shards, a page each, until nothing is left that was due at the start, or no time.

    A page at a time, so that a long backlog in one shard never keeps the others waiting. A shard that fails is left to
    the next run.
    """
    until, due_invoices, queue = bootstrap.now(), bootstrap.stores().due_invoices, bootstrap.due_queue()
    shards = list(due_invoices.shards)
    failed: list[str] = []
    handed_out = refused = 0
    while shards and context.get_remaining_time_in_millis() > ROUND_MILLISECONDS:
        pages: dict[str, HandedOut] = {}
        answer = process(
            [Record(shard, shard, shard) for shard in shards],
            partial(_hand_out_page, until, pages, due_invoices, queue),
            at_once=AT_ONCE,
            remaining_milliseconds=context.get_remaining_time_in_millis,
            needed_milliseconds=NEEDED_MILLISECONDS,
        )
        failed += [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        handed_out += sum(page.invoices for page in pages.values())
        refused += sum(page.refused for page in pages.values())
        shards = [shard for shard in shards if shard in pages and pages[shard].has_more]
    count("DueInvoiceHandedOut", handed_out)
    logger.info("due invoices handed out", handed_out=handed_out, refused=refused, unfinished_shards=shards)
    return {"handed_out": handed_out, "refused": refused, "failed_shards": failed, "unfinished_shards": shards}
