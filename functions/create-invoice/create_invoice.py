"""Store an invoice that the API was asked for; the table's stream leads to its collection."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.http import Request, Response, root_of, serve
from paystream.entry.invoice_input import invoice_request
from paystream.errors import InvalidInputError
from paystream.lago.invoices import extended_invoice_object
from paystream.observability import logger, metrics
from paystream.use_cases.create_invoice import create_invoice as create

LONGEST_IDEMPOTENCY_KEY = 255
"""Without a comma: that is how two of these headers would arrive, and two keys would make two invoices."""


def _create(request: Request) -> Response:
    key = request.headers.get("idempotency-key")
    if key is not None and (not 0 < len(key) <= LONGEST_IDEMPOTENCY_KEY or "," in key):
        raise InvalidInputError({"idempotency_key": ["value_is_invalid"]})
    invoice, customer = create(
        invoice_request(root_of(request.body, "invoice")),
        organization_id=request.organization_id,
        idempotency_key=key,
        stores=bootstrap.stores(),
        new_id=bootstrap.new_id(),
        now=bootstrap.now(),
    )
    logger.info("invoice stored", lago_invoice_id=invoice.lago_id)
    return Response({"invoice": extended_invoice_object(invoice, customer)})


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return serve(event, {"POST /api/v1/invoices": _create})
