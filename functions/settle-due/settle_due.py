"""Look again at open invoices that were handed out: ask Stripe what became of them, or collect them."""

from datetime import datetime
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.records import process, queue_records
from paystream.observability import count, logger, metrics
from paystream.ports import Gateways, Stores
from paystream.use_cases.settle_due import settle_due as settle

AT_ONCE = 5
NEEDED_MILLISECONDS = 100_000
"""Two calls of Stripe (a look-up and the payment), each tried twice with its time-outs, and the writes."""


def _settle(message: dict[str, str], *, stores: Stores, gateways: Gateways) -> None:
    settled = settle(
        message["organization_id"],
        message["lago_id"],
        handed_out_at=datetime.fromisoformat(message["handed_out_at"]),
        stores=stores,
        gateways=gateways,
        now=bootstrap.now(),
    )
    if settled is None:
        count("DueInvoiceLeftAlone")
        logger.info("nothing to look at", lago_invoice_id=message["lago_id"])
        return
    count("DueInvoiceLookedAt")
    logger.info(
        "invoice looked at again",
        lago_invoice_id=settled.lago_id,
        payment_status=settled.payment_status.value,
        waiting_for=settled.waiting_for,
    )


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Handle a batch of the queue; what could not be finished is delivered again."""
    return process(
        queue_records(event, lambda message: f"{message['organization_id']}#{message['lago_id']}"),
        partial(_settle, stores=bootstrap.stores(), gateways=bootstrap.gateways()),
        at_once=AT_ONCE,
        remaining_milliseconds=context.get_remaining_time_in_millis,
        needed_milliseconds=NEEDED_MILLISECONDS,
    )
