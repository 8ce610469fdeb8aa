"""Answer with a page of Stripe on which a customer saves a payment method, or pays an invoice."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.http import Request, Response, serve
from paystream.lago.customers import checkout_object
from paystream.lago.payments import payment_url_object
from paystream.observability import logger, metrics
from paystream.use_cases.pages.check_out_customer import check_out_customer
from paystream.use_cases.pages.link_to_pay import link_to_pay


def _check_out(request: Request) -> Response:
    customer, url = check_out_customer(
        request.organization_id,
        request.path["external_id"],
        stores=bootstrap.stores(),
        gateways=bootstrap.gateways(),
        now=bootstrap.now(),
    )
    logger.info("checkout page made", lago_customer_id=customer.lago_id)
    return Response({"customer": checkout_object(customer, url)})


def _link_to_pay(request: Request) -> Response:
    payment, payer, url = link_to_pay(
        request.organization_id,
        request.path["lago_id"],
        stores=bootstrap.stores(),
        gateways=bootstrap.gateways(),
        now=bootstrap.now(),
    )
    logger.info("payment link given", lago_invoice_id=payment.invoice_id, attempt=payment.attempt)
    return Response({"invoice_payment_details": payment_url_object(payment, payer.customer, url)})


_ROUTES = {
    "POST /api/v1/customers/{external_id}/checkout_url": _check_out,
    "POST /api/v1/invoices/{lago_id}/payment_url": _link_to_pay,
}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return serve(event, _ROUTES)
