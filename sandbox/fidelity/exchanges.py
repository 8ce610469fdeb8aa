"""Requests and answers as they pass, and what is compared of an answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe

_WITH_STATUS = ("payment_intent", "setup_intent", "refund", "checkout.session")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer; `key` is the idempotency key."""

    operation: str
    params: dict[str, str]
    key: str | None
    status: int
    body: str
    is_replayed: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """What is compared: no value that is anybody's own, only words of Stripe's and names of fields."""

    status: int
    code: str | None = None
    decline_code: str | None = None
    intent_status: str | None = None
    keys: frozenset[str] = field(default_factory=frozenset)


def observe(exchange: Exchange) -> Observation:
    """What an answer says. One that is no JSON object has no keys."""
    body = _json(exchange.body)
    error = _part(body, "error")
    stands = body if body.get("object") in _WITH_STATUS else _part(error, "payment_intent")
    replayed = {"header:Idempotent-Replayed"} if exchange.is_replayed else set()
    return Observation(
        status=exchange.status,
        code=error.get("code"),
        decline_code=error.get("decline_code"),
        intent_status=stands.get("status"),
        keys=frozenset(_keys(body) | replayed),
    )


class Recorder(stripe.HTTPClient):
    """Sends through `inner`, and keeps what passed: of a request that the library repeats, the last answer."""

    name = "recorder"

    def __init__(self, inner: stripe.HTTPClient) -> None:
        super().__init__()
        self._inner: Any = inner
        self.exchanges: list[Exchange] = []

    def request_with_retries(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: Any = None,
        max_network_retries: int | None = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        answer: tuple[Any, int, Mapping[str, str]] = self._inner.request_with_retries(
            method, url, headers, post_data, max_network_retries, _usage=_usage
        )
        text, status, answered = answer
        parts = urlsplit(url)
        self.exchanges.append(
            Exchange(
                operation=f"{method.upper()} {parts.path}",
                params=dict(parse_qsl(parts.query or post_data or "", keep_blank_values=True)),
                key=headers.get("Idempotency-Key") if method.lower() == "post" else None,
                status=status,
                body=text.decode() if isinstance(text, bytes) else text,
                is_replayed="idempotent-replayed" in {name.lower() for name in answered},
            )
        )
        return answer

    def close(self) -> None:
        """End what it holds open."""
        self._inner.close()


def with_body(exchange: Exchange, body: Mapping[str, Any]) -> Exchange:
    """The same exchange with another answer."""
    return replace(exchange, body=json.dumps(body))


def content(exchange: Exchange) -> dict[str, Any]:
    """The answer's JSON object; an empty one if it is none."""
    return _json(exchange.body)


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _part(of: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = of.get(name)
    return value if isinstance(value, dict) else {}


def _keys(body: Mapping[str, Any]) -> set[str]:
    """Of an object, of an error and the intent in it, of the first entry of a list."""
    keys = {*body}
    error = _part(body, "error")
    keys |= {f"error.{name}" for name in error}
    keys |= {f"error.payment_intent.{name}" for name in _part(error, "payment_intent")}
    if body.get("object") == "list" and body.get("data"):
        keys |= {f"data[].{name}" for name in body["data"][0]}
    return keys
