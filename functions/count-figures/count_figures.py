"""Count each invoice in the figures as it is by now, whenever it has changed."""

from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.changed_invoices import ChangedInvoices, changed_invoices
from paystream.entry.records import process
from paystream.observability import count, logger, metrics
from paystream.ports.stores import Stores
from paystream.use_cases.figures.count_figures import MOST_INVOICES, count_figures

NEEDED_MILLISECONDS = 10_000
"""Some reads and a transaction for each part of what has changed, each tried again."""


def _count(changed: ChangedInvoices, *, stores: Stores) -> None:
    count_figures(changed.organization_id, changed.invoice_ids, stores=stores)
    count("InvoiceCounted", len(changed.invoice_ids))


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Handle a batch of the stream; what could not be counted is delivered again. Of each record only the key counts:
    the invoice is read as it is now.
    """
    records = changed_invoices(event, at_once=MOST_INVOICES)
    logger.info("invoices to be counted", parts=len(records))
    return process(
        records,
        partial(_count, stores=bootstrap.stores()),
        at_once=1,
        remaining_milliseconds=context.get_remaining_time_in_millis,
        needed_milliseconds=NEEDED_MILLISECONDS,
    )
