"""API Gateway as the template sets it up: which function a request goes to, and the event that it is given."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from template import resources

ORGANIZATION = "0a1b2c3d-0000-4000-8000-000000000001"
"""The organization of all events in events/."""


@dataclass
class Answer:
    """What a handler answered through API Gateway: `body` is what its JSON says, or its text."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


def proxy_event(
    method: str,
    path: str,
    body: Any = None,
    *,
    headers: Mapping[str, str] | None = None,
    organization_id: str = ORGANIZATION,
) -> dict[str, Any]:
    """An event of API Gateway's Lambda proxy integration; a body that is no text is sent as JSON."""
    parts = urlsplit(path)
    query = parse_qs(parts.query, keep_blank_values=True)
    sent = {"Content-Type": "application/json"} | dict(headers or {})
    return {
        "resource": parts.path,
        "path": parts.path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": None,
        "requestContext": {
            "stage": "live",
            "domainName": "api.paystream.test",
            "authorizer": {"organization_id": organization_id, "principalId": organization_id},
        },
        "body": body if body is None or isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


def route(method: str, path: str) -> tuple[str, str, dict[str, str]]:
    """The function that a request goes to, the route's path, and the path's parameters. Raises LookupError."""
    for route_method, resource, function in _routes():
        if route_method == method:
            parameters = _match(resource, path)
            if parameters is not None:
                return function, resource, parameters
    raise LookupError(f"the template has no route {method} {path}")


@cache
def _routes() -> list[tuple[str, str, str]]:
    """Method, path and function of each route, in the template's order."""
    return [
        (event["Properties"]["Method"], event["Properties"]["Path"], properties["CodeUri"].removeprefix("functions/"))
        for properties in resources("AWS::Serverless::Function").values()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "Api"
    ]


def _match(resource: str, path: str) -> dict[str, str] | None:
    wanted, given = resource.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    pairs = list(zip(wanted, given, strict=True))
    if any(want != part for want, part in pairs if not want.startswith("{")):
        return None
    return {want.strip("{}"): part for want, part in pairs if want.startswith("{")}
