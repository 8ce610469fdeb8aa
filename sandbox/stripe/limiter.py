"""Rate limits: https://docs.stripe.com/rate-limits. Off until a rate is set."""

from .errors import rate_limited


class RateLimiter:
    """A token bucket per account and one per account and endpoint; each holds one second's worth of requests."""

    def __init__(self) -> None:
        self.global_rate: float | None = None
        self.endpoint_rate: float | None = None
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def admit(self, account_id: str, endpoint: str, now: float) -> None:
        """Raises `ApiError` 429 when either limit is used up."""
        self._take((account_id, endpoint), self.endpoint_rate, now, "endpoint-rate")
        self._take((account_id, ""), self.global_rate, now, "global-rate")

    def _take(self, bucket: tuple[str, str], rate: float | None, now: float, reason: str) -> None:
        if rate is None:
            return
        tokens, filled_at = self._buckets.get(bucket, (rate, now))
        tokens = min(rate, tokens + (now - filled_at) * rate)
        if tokens < 1:
            self._buckets[bucket] = (tokens, now)
            raise rate_limited(reason)
        self._buckets[bucket] = (tokens - 1, now)
