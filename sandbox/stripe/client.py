"""Stripe's own SDK without sockets: `StripeClient(key, http_client=InProcessHTTPClient(sandbox))`."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe

from .engine import StripeSandbox
from .wire import Headers, Request, Response, Transport

_connection_error: Callable[..., stripe.APIConnectionError] = stripe.APIConnectionError


class InProcessHTTPClient(stripe.HTTPClient):
    """Raises `stripe.APIConnectionError` where the SDK's own clients would: cut connections and timeouts.

    `timeout` is in seconds; a response that takes longer is not waited for, though it takes effect. No time passes.
    """

    name = "sandbox"

    def __init__(self, sandbox: StripeSandbox, *, timeout: float = 80.0) -> None:
        super().__init__()
        self._sandbox = sandbox
        self._timeout = timeout

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        parts = urlsplit(url)
        request = Request(method.upper(), parts.path, parts.query, headers or {}, post_data or b"")
        response = self._sandbox.handle(request)
        self._raise_for_transport(response)
        return response.body.decode(), response.status, Headers(response.headers)

    def close(self) -> None:
        """Nothing is open."""

    def _sleep_time_seconds(self, _num_retries: int) -> float:
        return 0.0

    def _raise_for_transport(self, response: Response) -> None:
        if response.transport is Transport.CUT:
            raise _connection_error(
                "Unexpected error communicating with Stripe. (Network error: the connection was closed)",
                should_retry=True,
            )
        if response.transport is Transport.HELD or response.delay > self._timeout:
            raise _connection_error(
                "Unexpected error communicating with Stripe. (Network error: the request timed out)", should_retry=True
            )
