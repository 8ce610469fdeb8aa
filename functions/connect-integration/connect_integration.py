"""Connect, read, change and disconnect a Stripe account; on a schedule, finish what is disconnecting."""

import os
from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.http import Request, Response, root_of, serve
from paystream.entry.integration_input import checked_code, connection_request, is_forced
from paystream.entry.records import process_pages
from paystream.errors import NotFoundError
from paystream.lago.integrations import integration_object
from paystream.model.integration import default_of
from paystream.observability import count, logger, metrics
from paystream.use_cases.accounts.connect_integration import connect_integration
from paystream.use_cases.accounts.disconnect_integration import disconnect_integration, finish_disconnecting

AT_ONCE = 5
NEEDED_MILLISECONDS = 15_000


def _connect(request: Request) -> Response:
    code = checked_code(request.path["code"])
    integration = connect_integration(
        connection_request(root_of(request.body, "integration")),
        organization_id=request.organization_id,
        code=code,
        webhook_url=_webhook_url(request, code),
        stores=bootstrap.stores(),
        gateways=bootstrap.gateways(),
        secrets=bootstrap.secrets(),
        queue=bootstrap.collection_queue(),
        now=bootstrap.now(),
    )
    logger.info("integration connected", code=code, account_id=integration.account_id)
    return _find(request)


def _webhook_url(request: Request, code: str) -> str:
    base_url = os.environ["PUBLIC_BASE_URL"] or request.base_url
    return f"{base_url}/api/v1/webhooks/stripe/{request.organization_id}?code={quote(code)}"


def _find(request: Request) -> Response:
    for integration in _objects(request):
        if integration["code"] == request.path["code"]:
            return Response({"integration": integration})
    raise NotFoundError("payment_provider")


def _find_all(request: Request) -> Response:
    return Response({"integrations": _objects(request)})


def _disconnect(request: Request) -> Response:
    integration = disconnect_integration(
        request.organization_id,
        checked_code(request.path["code"]),
        is_forced=is_forced(request.query),
        stores=bootstrap.stores(),
        gateways=bootstrap.gateways(),
        secrets=bootstrap.secrets(),
        now=bootstrap.now(),
    )
    is_gone = integration.disconnecting_since is None
    logger.info("integration disconnected" if is_gone else "integration is disconnecting", code=integration.code)
    return Response({"integration": integration_object(integration, is_default=False)})


def _objects(request: Request) -> list[dict[str, Any]]:
    integrations = bootstrap.stores().integrations.all(request.organization_id)
    default = default_of(integrations)
    return [integration_object(one, is_default=one is default) for one in integrations]


_ROUTES = {
    "PUT /api/v1/integrations/stripe/{code}": _connect,
    "GET /api/v1/integrations/stripe/{code}": _find,
    "GET /api/v1/integrations": _find_all,
    "DELETE /api/v1/integrations/stripe/{code}": _disconnect,
}


def _finish_disconnecting(context: LambdaContext) -> dict[str, int]:
    """Remove those through which nothing is on its way any more; the others, and what fails, are looked for again."""
    gone: list[str] = []

    def finish(one: tuple[str, str]) -> None:
        organization_id, code = one
        if finish_disconnecting(
            organization_id,
            code,
            stores=bootstrap.stores(),
            gateways=bootstrap.gateways(),
            secrets=bootstrap.secrets(),
            now=bootstrap.now(),
        ):
            gone.append(code)

    _, failed = process_pages(
        lambda cursor: bootstrap.stores().integrations.disconnecting(cursor=cursor),
        finish,
        name="/".join,
        at_once=AT_ONCE,
        remaining_milliseconds=context.get_remaining_time_in_millis,
        needed_milliseconds=NEEDED_MILLISECONDS,
    )
    count("IntegrationDisconnected", len(gone))
    return {"disconnected": len(gone), "failed": failed}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request, or do what the schedule asks for."""
    return serve(event, _ROUTES) if "httpMethod" in event else _finish_disconnecting(context)
