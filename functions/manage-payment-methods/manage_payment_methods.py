"""List a customer's payment methods, choose the default, take one away."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.http import Request, Response, serve
from paystream.entry.paging import check_filters, whole
from paystream.lago.payment_methods import payment_method_object
from paystream.model.payment_method import Wallet
from paystream.observability import logger, metrics
from paystream.use_cases.customers.payment_methods import detach, make_default, open_wallet


def _wallet(request: Request) -> Wallet:
    return open_wallet(
        request.organization_id,
        request.path["external_id"],
        stores=bootstrap.stores(),
        gateways=bootstrap.gateways(),
        now=bootstrap.now(),
    )


def _list(request: Request) -> Response:
    check_filters(request.query)
    wallet = _wallet(request)
    methods = [payment_method_object(wallet, method) for method in wallet.methods]
    return Response({"payment_methods": methods, **whole(len(methods))})


def _set_as_default(request: Request) -> Response:
    wallet, method = make_default(
        _wallet(request),
        request.path["lago_id"],
        stores=bootstrap.stores(),
        gateways=bootstrap.gateways(),
        queue=bootstrap.collection_queue(),
        now=bootstrap.now(),
    )
    logger.info("payment method made the default", lago_customer_id=wallet.customer.lago_id)
    return Response({"payment_method": payment_method_object(wallet, method)})


def _destroy(request: Request) -> Response:
    wallet, method = detach(
        _wallet(request),
        request.path["lago_id"],
        stores=bootstrap.stores(),
        gateways=bootstrap.gateways(),
        now=bootstrap.now(),
    )
    logger.info("payment method detached", lago_customer_id=wallet.customer.lago_id)
    return Response({"payment_method": payment_method_object(wallet, method)})


_ROUTES = {
    "GET /api/v1/customers/{external_id}/payment_methods": _list,
    "PUT /api/v1/customers/{external_id}/payment_methods/{lago_id}/set_as_default": _set_as_default,
    "DELETE /api/v1/customers/{external_id}/payment_methods/{lago_id}": _destroy,
}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return serve(event, _ROUTES)
