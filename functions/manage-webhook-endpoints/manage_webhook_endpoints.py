"""Create, read, change and destroy webhook endpoints; on a schedule, finish what was left of that."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.http import Request, Response, root_of, serve
from paystream.entry.paging import meta, page_request
from paystream.entry.records import process_pages
from paystream.entry.webhook_endpoint_input import webhook_endpoint_change
from paystream.lago.webhook_endpoints import webhook_endpoint_object
from paystream.model.webhook_endpoint import WebhookEndpoint, WebhookEndpoints
from paystream.observability import count, logger, metrics
from paystream.use_cases.webhook_endpoints import manage_webhook_endpoints as manage
from paystream.use_cases.webhook_endpoints.find_webhook_endpoints import find_webhook_endpoint, page_of
from paystream.use_cases.webhook_endpoints.settle_subscriptions import settle_subscriptions

AT_ONCE = 5
NEEDED_MILLISECONDS = 15_000


def _settle(organization_id: str) -> WebhookEndpoints:
    return settle_subscriptions(
        organization_id,
        stores=bootstrap.stores(),
        subscriptions=bootstrap.subscriptions(),
        new_id=bootstrap.new_id(),
        now=bootstrap.now(),
    )


def _create(request: Request) -> Response:
    endpoint = manage.create_webhook_endpoint(
        webhook_endpoint_change(root_of(request.body, "webhook_endpoint")),
        request.organization_id,
        stores=bootstrap.stores(),
        urls=bootstrap.webhook_urls(),
        ids=manage.NewIds(endpoint=bootstrap.new_id(), subscription=bootstrap.new_id()),
        now=bootstrap.now(),
    )
    logger.info("webhook endpoint created", lago_id=endpoint.lago_id)
    # Another request may have removed it by now.
    return _answer(_settle(request.organization_id).find(endpoint.lago_id) or endpoint)


def _update(request: Request) -> Response:
    endpoint = manage.update_webhook_endpoint(
        webhook_endpoint_change(root_of(request.body, "webhook_endpoint")),
        request.organization_id,
        request.path["lago_id"],
        stores=bootstrap.stores(),
        urls=bootstrap.webhook_urls(),
        new_id=bootstrap.new_id(),
        now=bootstrap.now(),
    )
    logger.info("webhook endpoint changed", lago_id=endpoint.lago_id)
    return _found(request.organization_id, endpoint.lago_id)


def _destroy(request: Request) -> Response:
    endpoint = manage.destroy_webhook_endpoint(
        request.organization_id, request.path["lago_id"], stores=bootstrap.stores(), now=bootstrap.now()
    )
    _settle(request.organization_id)
    logger.info("webhook endpoint destroyed", lago_id=endpoint.lago_id)
    return _answer(endpoint)


def _find(request: Request) -> Response:
    return _found(request.organization_id, request.path["lago_id"])


def _find_all(request: Request) -> Response:
    asked = page_request(request.query)
    page = page_of(_settle(request.organization_id), asked)
    return Response({"webhook_endpoints": [webhook_endpoint_object(one) for one in page.records], **meta(page, asked)})


def _found(organization_id: str, lago_id: str) -> Response:
    return _answer(find_webhook_endpoint(_settle(organization_id), lago_id))


def _answer(endpoint: WebhookEndpoint) -> Response:
    return Response({"webhook_endpoint": webhook_endpoint_object(endpoint)})


_ROUTES = {
    "POST /api/v1/webhook_endpoints": _create,
    "GET /api/v1/webhook_endpoints": _find_all,
    "GET /api/v1/webhook_endpoints/{lago_id}": _find,
    "PUT /api/v1/webhook_endpoints/{lago_id}": _update,
    "DELETE /api/v1/webhook_endpoints/{lago_id}": _destroy,
}


def _settle_due(context: LambdaContext) -> dict[str, int]:
    """Settle what is due, of all organizations; what fails is due the next time again."""

    def settle(organization_id: str) -> None:
        _settle(organization_id)

    looked_at, failed = process_pages(
        lambda cursor: bootstrap.stores().webhook_endpoints.due(until=bootstrap.now(), cursor=cursor),
        settle,
        name=str,
        at_once=AT_ONCE,
        remaining_milliseconds=context.get_remaining_time_in_millis,
        needed_milliseconds=NEEDED_MILLISECONDS,
    )
    count("WebhookEndpointsSettled", looked_at - failed)
    return {"settled": looked_at - failed, "failed": failed}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request, or do what the schedule asks for."""
    return serve(event, _ROUTES) if "httpMethod" in event else _settle_due(context)
