"""What Stripe's events say: payments that ended, payment methods that came and went, disputes, refunds."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from paystream import bootstrap
from paystream.entry.http import Response, answer
from paystream.entry.refusals import MalformedRequestError
from paystream.entry.stripe_webhook import signed_event
from paystream.model.account_health import HeardEvent
from paystream.model.integration import Integration, default_of
from paystream.observability import count, logger, metrics
from paystream.use_cases.stripe_events.apply_event import apply_event
from paystream.use_cases.stripe_events.stripe_event import StripeEvent


def _receive(request: dict[str, Any]) -> Response:
    integration = _integration(request)
    credentials = bootstrap.secrets().get(integration)
    event = signed_event(request, credentials.signing_secrets if credentials else (), bootstrap.now())
    ours = event.livemode is integration.livemode
    applied = ours and event.meaning is not None and _apply(event.meaning, integration)
    if ours:
        bootstrap.stores().integrations.heard(integration, HeardEvent(type=event.type, at=bootstrap.now()))
    count("StripeEventApplied" if applied else "StripeEventIgnored")
    logger.info("event received", event_id=event.id, event_type=event.type, applied=applied)
    return Response({"received": True})


def _integration(request: dict[str, Any]) -> Integration:
    """The integration that the URL names, whatever is signed. Raises MalformedRequestError if there is none."""
    organization_id = request["pathParameters"]["organization_id"]
    code = (request.get("queryStringParameters") or {}).get("code")
    integrations = bootstrap.stores().integrations
    found = integrations.get(organization_id, code) if code else default_of(integrations.all(organization_id))
    if found is None:
        raise MalformedRequestError(HTTPStatus.BAD_REQUEST, "there is no such integration")
    return found


def _apply(meaning: StripeEvent, integration: Integration) -> bool:
    return apply_event(
        meaning,
        integration,
        stores=bootstrap.stores(),
        gateways=bootstrap.gateways,
        queue=bootstrap.collection_queue(),
        now=bootstrap.now(),
    )


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one event; anything but a 2xx makes Stripe send it again."""
    return answer(lambda: _receive(event))
