"""Collect the invoices of customers who can be collected now."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.records import process, queue_records
from paystream.observability import count, logger, metrics
from paystream.use_cases.collect_waiting import collect_waiting as collect

AT_ONCE = 10
NEEDED_MILLISECONDS = 100_000
"""Two calls of Stripe (a look-up and the payment), each tried twice with its time-outs, and the writes."""


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Handle a batch of the queue; what could not be finished is delivered again."""
    stores, gateways, queue = bootstrap.stores(), bootstrap.gateways(), bootstrap.collection_queue()

    def collect_customer(message: dict[str, str]) -> None:
        looked_at = collect(
            message["organization_id"],
            message["external_customer_id"],
            stores=stores,
            gateways=gateways,
            queue=queue,
            clock=bootstrap.now,
            time_is_left=lambda: context.get_remaining_time_in_millis() > NEEDED_MILLISECONDS,
        )
        count("WaitingCustomerLookedAt")
        logger.info("customer looked at", invoices=looked_at)

    return process(
        queue_records(event, lambda message: f"{message['organization_id']}#{message['external_customer_id']}"),
        collect_customer,
        at_once=AT_ONCE,
        remaining_milliseconds=context.get_remaining_time_in_millis,
        needed_milliseconds=NEEDED_MILLISECONDS,
    )
