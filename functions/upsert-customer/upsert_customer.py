"""Create, change or delete a customer, and link it to Stripe when asked to; or only say what would be."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.customer_input import customer_change
from paystream.entry.http import Request, Response, root_of, serve
from paystream.lago.customers import customer_check_object, extended_customer_object
from paystream.observability import logger, metrics
from paystream.use_cases.customers.check_customer import check_customer
from paystream.use_cases.customers.destroy_customer import destroy_customer
from paystream.use_cases.customers.upsert_customer import upsert_customer


def _upsert(request: Request) -> Response:
    customer = upsert_customer(
        customer_change(root_of(request.body, "customer")),
        organization_id=request.organization_id,
        stores=bootstrap.stores(),
        gateways=bootstrap.gateways(),
        queue=bootstrap.collection_queue(),
        new_id=bootstrap.new_id(),
        now=bootstrap.now(),
    )
    logger.info("customer stored", lago_customer_id=customer.lago_id, version=customer.version)
    return Response({"customer": extended_customer_object(customer)})


def _check(request: Request) -> Response:
    checked = check_customer(
        customer_change(root_of(request.body, "customer")),
        organization_id=request.organization_id,
        stores=bootstrap.stores(),
        gateways=bootstrap.gateways(),
        new_id=bootstrap.new_id(),
        now=bootstrap.now(),
    )
    return Response({"customer_check": customer_check_object(checked.before, checked.after)})


def _destroy(request: Request) -> Response:
    customer = destroy_customer(
        request.organization_id, request.path["external_id"], stores=bootstrap.stores(), now=bootstrap.now()
    )
    logger.info("customer deleted", lago_customer_id=customer.lago_id)
    return Response({"customer": extended_customer_object(customer)})


_ROUTES = {
    "POST /api/v1/customers": _upsert,
    "POST /api/v1/customer_checks": _check,
    "DELETE /api/v1/customers/{external_id}": _destroy,
}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return serve(event, _ROUTES)
