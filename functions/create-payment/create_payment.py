"""Record a payment that was made outside of Stripe."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.http import Request, Response, idempotency_key, root_of, serve
from paystream.entry.payment_input import manual_payment_request
from paystream.lago.payments import payment_object
from paystream.observability import logger, metrics
from paystream.use_cases.invoices.record_manual_payment import record_manual_payment


def _create(request: Request) -> Response:
    payment = record_manual_payment(
        manual_payment_request(root_of(request.body, "payment")),
        organization_id=request.organization_id,
        idempotency_key=idempotency_key(request),
        stores=bootstrap.stores(),
        new_id=bootstrap.new_id(),
        now=bootstrap.now(),
    )
    logger.info("payment recorded", lago_payment_id=payment.lago_id, lago_invoice_id=payment.invoice_id)
    return Response({"payment": payment_object(payment)})


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return serve(event, {"POST /api/v1/payments": _create})
