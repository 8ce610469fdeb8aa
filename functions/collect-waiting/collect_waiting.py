"""Collect what waited: for a customer who can be collected now, or for the key of an integration."""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.records import process, queue_records
from paystream.observability import count, logger, metrics
from paystream.use_cases.accounts.resume_collection import resume_collection
from paystream.use_cases.collecting.collect_waiting import collect_waiting as collect

AT_ONCE = 10
NEEDED_MILLISECONDS = 125_000
"""Two calls of Stripe (a look-up and the payment), each tried twice with its turn and time-outs, and the writes."""


def _collect_customer(message: dict[str, str], time_is_left: Callable[[], bool]) -> None:
    looked_at = collect(
        message["organization_id"],
        message["external_customer_id"],
        stores=bootstrap.stores(),
        gateways=bootstrap.gateways(),
        queue=bootstrap.collection_queue(),
        clock=bootstrap.now,
        time_is_left=time_is_left,
    )
    count("WaitingCustomerLookedAt")
    logger.info("customer looked at", invoices=looked_at)


def _resume_integration(message: dict[str, str], time_is_left: Callable[[], bool]) -> None:
    found = resume_collection(
        message["organization_id"],
        message["integration_id"],
        cursor=message["cursor"],
        due_invoices=bootstrap.stores().due_invoices,
        queue=bootstrap.collection_queue(),
        clock=bootstrap.now,
        time_is_left=time_is_left,
    )
    count("PausedInvoiceResumed", found)
    logger.info("collection resumed", integration_id=message["integration_id"], invoices=found)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Handle a batch of the queue; what could not be finished is delivered again."""

    def time_is_left() -> bool:
        return context.get_remaining_time_in_millis() > NEEDED_MILLISECONDS

    def handle(message: dict[str, str]) -> None:
        handle_kind = _resume_integration if "integration_id" in message else _collect_customer
        handle_kind(message, time_is_left)

    return process(
        queue_records(event, _key),
        handle,
        at_once=AT_ONCE,
        remaining_milliseconds=context.get_remaining_time_in_millis,
        needed_milliseconds=NEEDED_MILLISECONDS,
    )


def _key(message: Mapping[str, Any]) -> str:
    return f"{message['organization_id']}#{message.get('integration_id') or message['external_customer_id']}"
