"""https://docs.stripe.com/api/webhook_endpoints."""

from urllib.parse import urlsplit

from sandbox.stripe.accounts import WebhookSecret
from sandbox.stripe.context import Context
from sandbox.stripe.errors import invalid_request
from sandbox.stripe.wire import JsonObject

from .listing import chosen, cleared, list_page, merge_metadata

_MOST_ENDPOINTS = 16


def create(context: Context, params: JsonObject) -> JsonObject:
    """The secret is shown in this response and never again."""
    account = context.account
    if sum(not endpoint.get("deleted") for endpoint in account.webhook_endpoints) >= _MOST_ENDPOINTS:
        raise invalid_request(f"You have reached the maximum of {_MOST_ENDPOINTS} test webhook endpoints.")
    _check(params)
    endpoint = account.webhook_endpoints.add(
        {
            "id": context.new_id("we"),
            "object": "webhook_endpoint",
            "api_version": cleared(params.get("api_version")),
            "application": None,
            "created": context.now,
            "description": cleared(params.get("description")),
            "enabled_events": params["enabled_events"],
            "livemode": False,
            "metadata": merge_metadata({}, params.get("metadata")),
            "status": "enabled",
            "url": params["url"],
        }
    )
    secret = f"whsec_{context.world.ids.secret(32)}"
    account.webhook_secrets[endpoint["id"]] = [WebhookSecret(secret)]
    return {**endpoint, "secret": secret}


def retrieve(context: Context, params: JsonObject, endpoint_id: str) -> JsonObject:
    return context.account.webhook_endpoints.require(endpoint_id)


def list_all(context: Context, params: JsonObject) -> JsonObject:
    return list_page(context.account.webhook_endpoints, "/v1/webhook_endpoints", params)


def update(context: Context, params: JsonObject, endpoint_id: str) -> JsonObject:
    endpoint = context.account.webhook_endpoints.require(endpoint_id)
    _check(params)
    changes = chosen(params, "url", "enabled_events")
    if "description" in params:
        changes["description"] = cleared(params["description"])
    if "disabled" in params:
        changes["status"] = "disabled" if params["disabled"] else "enabled"
    changes["metadata"] = merge_metadata(endpoint["metadata"], params.get("metadata"))
    return context.account.webhook_endpoints.change(endpoint_id, **changes)


def delete(context: Context, params: JsonObject, endpoint_id: str) -> JsonObject:
    context.account.webhook_endpoints.require(endpoint_id)
    context.account.webhook_endpoints.delete(endpoint_id)
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


def _check(params: JsonObject) -> None:
    if params.get("enabled_events") == []:
        raise invalid_request("You must pass at least one enabled event.", param="enabled_events")
    if "url" not in params:
        return
    url = urlsplit(params["url"])
    if url.scheme not in ("http", "https"):
        message = "Invalid URL: An explicit scheme (such as https) must be provided."
        raise invalid_request(message, code="url_invalid", param="url")
    if not url.hostname:
        raise invalid_request("Not a valid URL", code="url_invalid", param="url")
