"""Stripe's own library against the Stripe sandbox: every request is an effect, and time passes where it waits."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe
from sandbox.stripe.client import InProcessHTTPClient
from sandbox.stripe.engine import StripeSandbox

from .effects import Effects

SERVICE = "stripe"


class SimulatedStripe(InProcessHTTPClient):
    """`timeout` in seconds of the world's clock: so long a caller waits for an answer that does not come."""

    def __init__(self, sandbox: StripeSandbox, effects: Effects, timeout: float) -> None:
        super().__init__(sandbox, timeout=timeout)
        self._stripe = sandbox
        self._effects = effects

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        def perform() -> tuple[str, int, Mapping[str, str]]:
            return self._perform(method, url, headers, post_data)

        operation = f"{method.upper()} {urlsplit(url).path}"
        answer: tuple[str, int, Mapping[str, str]] = self._effects.perform(SERVICE, operation, {}, perform)
        return answer

    def _perform(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        before = len(self._stripe.gateway.held)
        try:
            return super().request(method, url, headers, post_data)
        except stripe.APIConnectionError:
            if len(self._stripe.gateway.held) > before:
                self._effects.scheduler.sleep(self._timeout)
            raise

    def _sleep_time_seconds(self, _num_retries: int) -> float:
        return 0.0
