"""Read an organization's webhook endpoints, which are few: a page of them is cut from all."""

from paystream.errors import InvalidInputError, NotFoundError
from paystream.model.webhook_endpoint import WebhookEndpoint, WebhookEndpoints
from paystream.ports.pages import Count, Page, PageRequest


def find_webhook_endpoint(endpoints: WebhookEndpoints, lago_id: str) -> WebhookEndpoint:
    """Raises NotFoundError."""
    endpoint = endpoints.find(lago_id)
    if endpoint is None:
        raise NotFoundError("webhook_endpoint")
    return endpoint


def page_of(endpoints: WebhookEndpoints, request: PageRequest) -> Page[WebhookEndpoint]:
    """In the order of their URLs, as Lago lists them; a cursor is the id of the last one. Raises InvalidInputError."""
    ordered = sorted(endpoints.endpoints, key=lambda endpoint: (endpoint.webhook_url, endpoint.lago_id))
    start = (request.number - 1) * request.limit if request.number else 0
    if request.cursor:
        ids = [endpoint.lago_id for endpoint in ordered]
        if request.cursor not in ids:
            raise InvalidInputError({"cursor": ["value_is_invalid"]})
        start = ids.index(request.cursor) + 1
    found = tuple(ordered[start : start + request.limit])
    leads_on = start + len(found) < len(ordered) and found
    count = Count(len(ordered), is_exact=True) if request.number else None
    return Page(found, found[-1].lago_id if leads_on else None, count)
