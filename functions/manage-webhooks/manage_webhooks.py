"""Show the notifications that were sent, and send them again."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.http import Request, Response, root_of, serve
from paystream.entry.notification_input import FILTERS, notification_filter, to_send_again
from paystream.entry.paging import MOST, meta, page_request
from paystream.errors import NotFoundError
from paystream.lago.webhooks import webhook_object
from paystream.observability import logger, metrics
from paystream.ports.pages import PageRequest
from paystream.use_cases.notifications.send_again import find_notification, send_again, send_page_again


def _list(request: Request) -> Response:
    asked = page_request(request.query, filters=FILTERS)
    wanted = notification_filter(request.query, request.query_lists.get("event_types[]"))
    page = bootstrap.stores().notifications.page(request.organization_id, wanted, request=asked)
    return Response({"webhooks": [webhook_object(one) for one in page.records], **meta(page, asked)})


def _find(request: Request) -> Response:
    notification = find_notification(request.organization_id, request.path["lago_id"], stores=bootstrap.stores())
    return Response({"webhook": webhook_object(notification)})


def _retry(request: Request) -> Response:
    notification = send_again(
        request.organization_id,
        request.path["lago_id"],
        stores=bootstrap.stores(),
        consumers=bootstrap.stream_consumers(),
    )
    logger.info("notification sent again", lago_id=notification.lago_id)
    return Response({"webhook": webhook_object(notification)})


def _retry_all(request: Request) -> Response:
    wanted, cursor = to_send_again(root_of(request.body, "webhooks"))
    page = send_page_again(
        request.organization_id,
        wanted,
        request=PageRequest(MOST, cursor=cursor),
        stores=bootstrap.stores(),
        consumers=bootstrap.stream_consumers(),
    )
    logger.info("notifications sent again", notifications=len(page.records))
    return Response({"webhooks": {"sent": len(page.records), "next_cursor": page.next_cursor}})


def _public_key(request: Request) -> Response:
    """There is none: nothing is signed with a key of ours, and one would have receivers trust what is not."""
    raise NotFoundError("webhook_jwt_public_key")


_ROUTES = {
    "GET /api/v1/webhooks": _list,
    "GET /api/v1/webhooks/json_public_key": _public_key,
    "GET /api/v1/webhooks/public_key": _public_key,
    "GET /api/v1/webhooks/{lago_id}": _find,
    "POST /api/v1/webhooks/{lago_id}/retry": _retry,
    "POST /api/v1/webhooks/retry": _retry_all,
}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    return serve(event, _ROUTES)
