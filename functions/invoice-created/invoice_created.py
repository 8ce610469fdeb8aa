"""Collect each invoice that was put into the invoices table, by the API or by the main application itself."""

from dataclasses import replace
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.invoice_item_input import invoice_from_item
from paystream.entry.records import Change, process, stream_records
from paystream.errors import NotFoundError
from paystream.model.invoice import Invoice
from paystream.observability import count, logger, metrics
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.use_cases.collecting.collect import collect_new
from paystream.use_cases.collecting.take_in_invoice import take_in_invoice

AT_ONCE = 20
NEEDED_MILLISECONDS = 125_000
"""Two calls of Stripe (a look-up and the payment), each tried twice with its turn and time-outs, and the writes."""


def _collect(change: Change, *, stores: Stores, gateways: Gateways) -> None:
    invoice = _invoice(change, stores)
    if invoice.problem:
        count("InvoiceParked")
        logger.warning("invoice parked", lago_invoice_id=invoice.lago_id, problem=invoice.problem.details)
        return
    collected = collect_new(invoice, stores=stores, gateways=gateways, now=bootstrap.now())
    count(f"Payment{collected.payment_status.value.capitalize()}")
    logger.info(
        "invoice looked at",
        lago_invoice_id=collected.lago_id,
        payment_status=collected.payment_status.value,
        waiting_for=collected.waiting_for,
    )


def _invoice(change: Change, stores: Stores) -> Invoice:
    """The invoice as it is now; an item that is not an invoice of ours yet is taken in as it is now.

    Of the change only the time counts: it is the earliest that the item can have been sent to Stripe. Raises
    NotFoundError for an item that was deleted.
    """
    key = change.key["organization_id"], change.key["lago_id"]
    stored = stores.invoices.get(*key)
    if stored:
        return stored
    item = stores.invoices.as_put(*key)
    if item is None:
        raise NotFoundError("invoice")
    invoice = replace(invoice_from_item(item, seen_at=change.written_at), updated_at=bootstrap.now())
    return take_in_invoice(invoice, item, replaced=change.replaced, stores=stores)


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Handle a batch of the stream; what could not be finished is delivered again."""
    return process(
        stream_records(event),
        partial(_collect, stores=bootstrap.stores(), gateways=bootstrap.gateways()),
        at_once=AT_ONCE,
        remaining_milliseconds=context.get_remaining_time_in_millis,
        needed_milliseconds=NEEDED_MILLISECONDS,
    )
