"""Store an invoice that the API was asked for; the table's stream leads to its collection."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.http import Request, Response, idempotency_key, root_of, serve
from paystream.entry.invoice_input import invoice_request
from paystream.lago.invoices import extended_invoice_object
from paystream.observability import logger, metrics
from paystream.use_cases.invoices.create_invoice import create_invoice as create


def _create(request: Request) -> Response:
    invoice, customer = create(
        invoice_request(root_of(request.body, "invoice")),
        organization_id=request.organization_id,
        idempotency_key=idempotency_key(request),
        stores=bootstrap.stores(),
        new_id=bootstrap.new_id(),
        now=bootstrap.now(),
    )
    logger.info("invoice stored", lago_invoice_id=invoice.lago_id)
    return Response({"invoice": extended_invoice_object(invoice, customer, bootstrap.now())})


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return serve(event, {"POST /api/v1/invoices": _create})
