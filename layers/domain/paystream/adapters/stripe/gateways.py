"""Leads from an integration to its gateway."""

import stripe

from paystream.adapters.stripe.current_key import CurrentKeyClient
from paystream.adapters.stripe.gateway import API_VERSION, StripeGateway
from paystream.adapters.stripe.rate_limited_client import RateLimitedClient
from paystream.adapters.stripe.rate_limiter import RateLimiter
from paystream.errors import KeyRefusedError
from paystream.model.integration import Integration
from paystream.ports.secrets import Secrets

_NETWORK_RETRIES = 1
"""By the library, under the same idempotency key: a lost answer costs no second delivery of the record."""

stripe.enable_telemetry = False


class StripeGateways:
    """Implements the port `Gateways`. One HTTP client serves all accounts, each at its own pace."""

    def __init__(
        self, secrets: Secrets, *, api_base: str, http_client: stripe.HTTPClient, limiter: RateLimiter
    ) -> None:
        self._secrets = secrets
        self._api_base = api_base
        self._http_client = http_client
        self._limiter = limiter

    def of(self, integration: Integration) -> StripeGateway:
        credentials = self._secrets.get(integration)
        if credentials is None:
            raise KeyRefusedError(f"integration {integration.code} has no credentials; connect it again")
        secret_key = credentials.secret_key
        paced = RateLimitedClient(self._http_client, self._limiter, integration)
        return self._gateway(secret_key, CurrentKeyClient(paced, secret_key, lambda: self._read_again(integration)))

    def with_key(self, secret_key: str) -> StripeGateway:
        """Without a limit: connecting an account takes a handful of requests."""
        return self._gateway(secret_key, self._http_client)

    def _read_again(self, integration: Integration) -> str | None:
        credentials = self._secrets.get(integration, fresh=True)
        return credentials.secret_key if credentials else None

    def _gateway(self, secret_key: str, http_client: stripe.HTTPClient) -> StripeGateway:
        return StripeGateway(
            stripe.StripeClient(
                secret_key,
                stripe_version=API_VERSION,
                base_addresses={"api": self._api_base},
                max_network_retries=_NETWORK_RETRIES,
                http_client=http_client,
            )
        )
