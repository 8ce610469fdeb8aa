"""Give money of a payment back."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.http import Request, Response, idempotency_key, root_of, serve
from paystream.entry.refund_input import refund_order
from paystream.lago.refunds import refund_object
from paystream.observability import logger, metrics
from paystream.use_cases.invoices.refund_payment import refund_payment as refund


def _refund(request: Request) -> Response:
    payment, made = refund(
        refund_order(request.path["lago_id"], {} if request.body is None else root_of(request.body, "refund")),
        organization_id=request.organization_id,
        idempotency_key=idempotency_key(request),
        stores=bootstrap.stores(),
        gateways=bootstrap.gateways(),
        new_id=bootstrap.new_id(),
        now=bootstrap.now(),
    )
    logger.info("refund asked for", lago_payment_id=payment.lago_id, lago_refund_id=made.lago_id, status=made.status)
    return Response({"refund": refund_object(payment, made)})


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return serve(event, {"POST /api/v1/payments/{lago_id}/refunds": _refund})
