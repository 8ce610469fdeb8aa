"""The way to Stripe for one integration, at the pace that its account allows.

It stands below Stripe's library, because that is where requests are: a list has one for each page, and the library
sends a request again that found no answer.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import stripe

from paystream.adapters.stripe.rate_limiter import RateLimiter
from paystream.model.integration import Integration
from paystream.observability import count, logger

_PAUSES = (0.5, 1.0)
"""Seconds, at the most, after the first and the second 429. The third is the last."""


class RateLimitedClient(stripe.HTTPClient):
    """Sends through `inner` when it is the request's turn.

    Stripe's 429 comes before it looks at the idempotency key, so the same request may be sent again under the same key:
    https://docs.stripe.com/error-low-level. Raises RateLimitedError if no turn came in time, or only 429s did. Then an
    earlier request of the same call may have had an effect, if the library repeated it for want of an answer.
    """

    name = "rate-limited"

    def __init__(self, inner: stripe.HTTPClient, limiter: RateLimiter, integration: Integration) -> None:
        super().__init__()
        self._inner = inner
        self._limiter = limiter
        self._integration = integration

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        endpoint = endpoint_of(method, url)
        deadline = self._limiter.deadline()
        for pause in (*_PAUSES, None):
            self._limiter.wait_for_turn(self._integration, endpoint, deadline)
            body, status, answered = self._inner.request(method, url, headers, post_data)
            if status != HTTPStatus.TOO_MANY_REQUESTS:
                return body, status, answered
            reason = answered.get("Stripe-Rate-Limited-Reason")
            count("StripeTooManyRequests")
            logger.warning("too many requests at Stripe", endpoint=endpoint, reason=reason)
            if pause:
                self._limiter.back_off(self._integration, endpoint, pause, deadline)
        raise self._limiter.refusal(self._integration, endpoint)

    def close(self) -> None:
        """The inner client stays open: others use it, too."""

    def _sleep_time_seconds(self, num_retries: int) -> float:
        """How long the library waits before it repeats a request that found no answer."""
        return self._inner._sleep_time_seconds(num_retries)


def endpoint_of(method: str, url: str) -> str:
    """Stripe's name of an operation, without ids: `GET /v1/customers/*/payment_methods`.

    Collections and ids take turns in a path: https://docs.stripe.com/api
    """
    root, version, *segments = urlsplit(url).path.split("/")
    return f"{method.upper()} {'/'.join([root, version, *('*' if n % 2 else s for n, s in enumerate(segments))])}"
