"""Read customers, invoices, payments and figures."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.csv_table import csv_answer, wants_csv
from paystream.entry.figures_input import period
from paystream.entry.http import Request, Response, serve
from paystream.entry.invoice_filter_input import FILTERS, OF_ITS_CUSTOMER, invoice_filter
from paystream.entry.paging import meta, page_request
from paystream.lago.customers import extended_customer_object
from paystream.lago.figures import figures_object
from paystream.lago.invoices import extended_invoice_object, invoice_object
from paystream.lago.payments import payment_object
from paystream.lago.tables import (
    CUSTOMERS,
    FIGURES,
    INVOICES,
    PAYMENTS,
    customer_row,
    figure_rows,
    invoice_row,
    payment_row,
)
from paystream.observability import logger, metrics
from paystream.use_cases.figures.read_figures import read_figures
from paystream.use_cases.invoices import find_records as find


def _customer(request: Request) -> Response:
    customer = find.find_customer(request.organization_id, request.path["external_id"], stores=bootstrap.stores())
    return Response({"customer": extended_customer_object(customer)})


def _customers(request: Request) -> Response:
    asked = page_request(request.query)
    page = bootstrap.stores().customers.page(request.organization_id, request=asked)
    customers = [extended_customer_object(one) for one in page.records]
    if wants_csv(request):
        return csv_answer(CUSTOMERS, map(customer_row, customers), page.next_cursor)
    return Response({"customers": customers, **meta(page, asked)})


def _invoice(request: Request) -> Response:
    invoice, customer = find.find_invoice(request.organization_id, request.path["lago_id"], stores=bootstrap.stores())
    return Response({"invoice": extended_invoice_object(invoice, customer, bootstrap.now())})


def _invoices(request: Request) -> Response:
    """All, or those of the customer in the path."""
    of_one = request.path.get("external_id")
    asked = page_request(request.query, filters=FILTERS if of_one else FILTERS | OF_ITS_CUSTOMER)
    now = bootstrap.now()
    wanted = invoice_filter(request.query, request.query_lists, external_customer_id=of_one, now=now)
    page = bootstrap.stores().invoices.page(request.organization_id, wanted, request=asked)
    invoices = [invoice_object(one, now) for one in page.records]
    if wants_csv(request):
        return csv_answer(INVOICES, map(invoice_row, invoices), page.next_cursor)
    return Response({"invoices": invoices, **meta(page, asked)})


def _payment(request: Request) -> Response:
    payment = find.find_payment(request.organization_id, request.path["lago_id"], stores=bootstrap.stores())
    return Response({"payment": payment_object(payment)})


def _payments(request: Request) -> Response:
    """All, one invoice's, or one customer's."""
    filters = ["invoice_id"] if "external_id" in request.path else ["external_customer_id", "invoice_id"]
    asked = page_request(request.query, filters=filters)
    page = find.find_payments(
        request.organization_id,
        invoice_id=request.query.get("invoice_id"),
        external_customer_id=request.path.get("external_id", request.query.get("external_customer_id")),
        request=asked,
        stores=bootstrap.stores(),
    )
    payments = [payment_object(one) for one in page.records]
    if wants_csv(request):
        return csv_answer(PAYMENTS, map(payment_row, payments), page.next_cursor)
    return Response({"payments": payments, **meta(page, asked)})


def _figures(request: Request) -> Response:
    today = bootstrap.now().date()
    asked = period(request.query, today)
    figures = figures_object(read_figures(request.organization_id, *asked, stores=bootstrap.stores(), today=today))
    if wants_csv(request):
        return csv_answer(FIGURES, figure_rows(figures), None)
    return Response({"figures": figures})


_ROUTES = {
    "GET /api/v1/customers": _customers,
    "GET /api/v1/customers/{external_id}": _customer,
    "GET /api/v1/customers/{external_id}/invoices": _invoices,
    "GET /api/v1/customers/{external_id}/payments": _payments,
    "GET /api/v1/figures": _figures,
    "GET /api/v1/invoices": _invoices,
    "GET /api/v1/invoices/{lago_id}": _invoice,
    "GET /api/v1/payments": _payments,
    "GET /api/v1/payments/{lago_id}": _payment,
}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return serve(event, _ROUTES)
