"""Handle stream records once more that failed for good, or that their stream has forgotten, and charges that Stripe
refused though nobody's card was the reason. Invoked by an operator.

aws lambda invoke --function-name … --payload '{"what": "failed-records"}' /dev/stdout
"""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.redrive_order import RedriveOrder, What, redrive_order
from paystream.observability import count, logger, metrics
from paystream.ports.records import RecordSource
from paystream.use_cases.invoices.retry_refused import Refused, retry_refused
from paystream.use_cases.notifications.redrive_records import redrive_records as redrive

NEEDED_MILLISECONDS = 310_000
"""The slowest stream consumer's time-out, and the writes after it."""


def _source(order: RedriveOrder) -> RecordSource:
    if order.what is What.FAILED_RECORDS:
        return bootstrap.failed_records()
    missed = bootstrap.stores().missed_records
    if order.what is What.FIGURES:
        return missed.figures(now=bootstrap.now())
    if order.since and order.until:
        return missed.notifications(since=order.since, until=order.until)
    return missed.invoices(now=bootstrap.now())


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer with how many records were handled, and with what stays and why; until it is `done`, invoke it again with
    `next_cursor` as the `cursor`. Safe to repeat. Raises InvalidInputError.
    """
    order = redrive_order(event)

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() >= NEEDED_MILLISECONDS

    if order.code:
        redriven = retry_refused(
            Refused(order.code, order.dry_run),
            stores=bootstrap.stores(),
            queue=bootstrap.due_queue(),
            cursor=order.cursor,
            has_time=has_time,
            now=bootstrap.now(),
        )
    else:
        redriven = redrive(
            _source(order),
            consumers=bootstrap.stream_consumers(),
            cursor=order.cursor,
            dry_run=order.dry_run,
            has_time=has_time,
        )
    count("RecordRedriven", redriven.handled)
    logger.info("records redriven", what=order.what.value, handled=redriven.handled, left=len(redriven.left))
    return asdict(redriven)
