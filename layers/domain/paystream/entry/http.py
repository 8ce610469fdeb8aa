"""API Gateway's proxy events: a request in, Lago's JSON out, errors in Lago's shape.

API Gateway has already chosen the route, so a dictionary of routes is all the routing there is.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from paystream.entry.refusals import MalformedRequestError, Refusal, refusal_for
from paystream.errors import InvalidInputError, PaystreamError
from paystream.observability import count, logger

MAX_BODY_BYTES = 256 * 1024
LONGEST_IDEMPOTENCY_KEY = 255
"""Without a comma: that is how two of these headers would arrive, and two keys would do two things."""

_WITH_BODY = frozenset({"POST", "PUT"})


@dataclass(frozen=True, slots=True)
class Request:
    """`path` holds the decoded path parameters, `headers` have lower-case names, `body` is None without one.

    `query_lists` holds all values of each parameter. `base_url` is where API Gateway was called, without a slash at the
    end.
    """

    organization_id: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any = None
    base_url: str = ""
    query_lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """`body` is rendered as JSON; None is an empty body. A text whose `headers` say another type is sent as it is."""

    body: Any
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


Route = Callable[[Request], Response]


def serve(event: Mapping[str, Any], routes: Mapping[str, Route]) -> dict[str, Any]:
    """Answer an event by the route named `"GET /api/v1/invoices/{lago_id}"`."""
    return answer(lambda: routes[f"{event['httpMethod']} {event['resource']}"](request_from(event)))


def answer(respond: Callable[[], Response]) -> dict[str, Any]:
    """The answer for API Gateway; every refusal is JSON."""
    try:
        response = respond()
    except PaystreamError as error:
        refusal = refusal_for(error)
        count("RequestRefused")
        # Without the cause: it is a foreign text, which may hold a key or an e-mail.
        logger.warning(
            "request refused",
            status=int(refusal.status),
            code=refusal.code,
            reason=type(error).__name__,
            text=str(error),
        )
        return _answer(refusal.status, refusal.body(), refusal.headers)
    except Exception:
        # The only boundary where an unexpected error ends: the caller gets an answer, log and alarm get the error.
        logger.exception("request failed")
        count("RequestFailed")
        refusal = Refusal(HTTPStatus.INTERNAL_SERVER_ERROR)
        return _answer(refusal.status, refusal.body(), refusal.headers)
    count("RequestAnswered")
    return _answer(response.status, response.body, response.headers)


def request_from(event: Mapping[str, Any]) -> Request:
    """The request in an event of a route that has an authorizer. Raises MalformedRequestError."""
    context = event["requestContext"]
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return Request(
        organization_id=context["authorizer"]["organization_id"],
        path={name: unquote(value) for name, value in (event.get("pathParameters") or {}).items()},
        query=event.get("queryStringParameters") or {},
        query_lists=event.get("multiValueQueryStringParameters") or {},
        headers=headers,
        body=_json(raw_body(event), headers) if event["httpMethod"] in _WITH_BODY else None,
        base_url=f"https://{context.get('domainName')}/{context.get('stage')}",
    )


def raw_body(event: Mapping[str, Any]) -> bytes:
    """The body as it was sent. Raises MalformedRequestError if it is larger than is taken."""
    body: str = event.get("body") or ""
    try:
        raw = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    except ValueError as malformed:
        raise MalformedRequestError(HTTPStatus.BAD_REQUEST, "the body is not what it says it is") from malformed
    if len(raw) > MAX_BODY_BYTES:
        raise MalformedRequestError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body may have {MAX_BODY_BYTES} bytes at the most"
        )
    return raw


def root_of(body: Any, name: str) -> dict[str, Any]:
    """The object below the root key, as Lago wants every body. Raises MalformedRequestError."""
    if not isinstance(body, dict) or not isinstance(body.get(name), dict) or not body[name]:
        raise MalformedRequestError(HTTPStatus.BAD_REQUEST, f"param is missing or the value is empty: {name}")
    content: dict[str, Any] = body[name]
    return content


def idempotency_key(request: Request) -> str | None:
    """The `Idempotency-Key` that was sent, if one was. Raises InvalidInputError for one that cannot be used."""
    key = request.headers.get("idempotency-key")
    if key is not None and (not 0 < len(key) <= LONGEST_IDEMPOTENCY_KEY or "," in key):
        raise InvalidInputError({"idempotency_key": ["value_is_invalid"]})
    return key


def _json(raw: bytes, headers: Mapping[str, str]) -> Any:
    if not raw.strip():
        return None
    content_type = headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise MalformedRequestError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send application/json")
    try:
        return json.loads(raw.decode(), parse_float=Decimal, parse_constant=_no_such_number)
    except (ValueError, RecursionError, InvalidOperation) as malformed:
        raise MalformedRequestError(HTTPStatus.BAD_REQUEST, "the body is not valid JSON in UTF-8") from malformed


def _no_such_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _answer(status: HTTPStatus, body: Any, headers: Mapping[str, str]) -> dict[str, Any]:
    if body is None:
        return {"statusCode": int(status), "headers": dict(headers), "body": ""}
    if isinstance(body, str) and "Content-Type" in headers:
        return {"statusCode": int(status), "headers": dict(headers), "body": body}
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": "application/json", **headers},
        "body": json.dumps(body, ensure_ascii=False, separators=(",", ":")),
    }
