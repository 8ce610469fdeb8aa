"""How many requests a second Stripe takes of one account.

Source: https://docs.stripe.com/rate-limits
"""

from dataclasses import dataclass

ENDPOINT_DEFAULT = 25
GLOBAL_DEFAULT_LIVE = 100
GLOBAL_DEFAULT_TEST = 25
HIGHEST = 500
"""One item of a table takes 1,000 writes a second, and each request at Stripe is one."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Requests a second: of each endpoint (creating payment intents is one, retrieving them another), and in total."""

    endpoint: int
    total: int

    @property
    def slower(self) -> int:
        """What one endpoint gets at the most."""
        return min(self.endpoint, self.total)
