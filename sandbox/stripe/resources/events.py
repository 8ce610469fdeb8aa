"""https://docs.stripe.com/api/events: kept for 30 days."""

from fnmatch import fnmatchcase

from sandbox.stripe.context import Context
from sandbox.stripe.errors import invalid_request, resource_missing
from sandbox.stripe.wire import JsonObject

from .listing import list_page

_KEPT_FOR = 30 * 24 * 3600


def retrieve(context: Context, params: JsonObject, event_id: str) -> JsonObject:
    event = context.account.events.require(event_id)
    if event["created"] < context.now - _KEPT_FOR:
        raise resource_missing("event", event_id, "id", 404)
    return event


def list_all(context: Context, params: JsonObject) -> JsonObject:
    """Undelivered ones with `delivery_success=false`: https://docs.stripe.com/webhooks/process-undelivered-events."""
    if "type" in params and "types" in params:
        raise invalid_request("You may only specify one of these parameters: type, types.", param="type")
    if len(params.get("types", ())) > 20:
        raise invalid_request("You may pass at most 20 types.", param="types")
    oldest = context.now - _KEPT_FOR
    patterns = params.get("types") or [params.get("type", "*")]
    wanted = params.get("delivery_success")

    def accept(event: JsonObject) -> bool:
        if event["created"] < oldest or not any(fnmatchcase(event["type"], pattern) for pattern in patterns):
            return False
        return wanted is None or (event["pending_webhooks"] == 0) == wanted

    exact = params.get("type")
    match = {"type": exact} if exact and "*" not in exact else {}
    return list_page(context.account.events, "/v1/events", params, match, accept)
