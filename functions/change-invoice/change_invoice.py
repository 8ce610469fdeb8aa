"""Change an invoice: update, void, have it collected once more. What that takes at Stripe is done by `hand-out-due`."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.http import Request, Response, root_of, serve
from paystream.entry.invoice_change_input import check_void, chosen_method, invoice_change
from paystream.lago.invoices import extended_invoice_object
from paystream.observability import logger, metrics
from paystream.use_cases.invoices.retry_payment import retry_payment
from paystream.use_cases.invoices.update_invoice import update_invoice
from paystream.use_cases.invoices.void_invoice import void_invoice


def _update(request: Request) -> Response:
    change = invoice_change(root_of(request.body, "invoice"))
    invoice, customer = update_invoice(
        change, request.organization_id, request.path["lago_id"], stores=bootstrap.stores(), now=bootstrap.now()
    )
    logger.info("invoice updated", lago_invoice_id=invoice.lago_id, payment_status=invoice.payment_status.value)
    return Response({"invoice": extended_invoice_object(invoice, customer, bootstrap.now())})


def _void(request: Request) -> Response:
    check_void(request.body)
    invoice, customer = void_invoice(
        request.organization_id, request.path["lago_id"], stores=bootstrap.stores(), now=bootstrap.now()
    )
    logger.info("invoice voided", lago_invoice_id=invoice.lago_id)
    return Response({"invoice": extended_invoice_object(invoice, customer, bootstrap.now())})


def _retry(request: Request) -> Response:
    invoice = retry_payment(
        request.organization_id,
        request.path["lago_id"],
        choice=chosen_method(request.body),
        stores=bootstrap.stores(),
        queue=bootstrap.due_queue(),
        now=bootstrap.now(),
    )
    logger.info("payment to be retried", lago_invoice_id=invoice.lago_id, attempt=invoice.attempt)
    return Response(None)


_ROUTES = {
    "PUT /api/v1/invoices/{lago_id}": _update,
    "POST /api/v1/invoices/{lago_id}/void": _void,
    "POST /api/v1/invoices/{lago_id}/retry_payment": _retry,
}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return serve(event, _ROUTES)
