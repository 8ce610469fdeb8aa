"""What the product asks of the world, and how it is answered with an error."""

from typing import Any, NamedTuple

from paystream.errors import PaystreamError

ACTS = frozenset(
    "save end settle settle_by_hand register_payment add collect create_link expire_link cancel_payment".split()
)
"""The calls that change something outside of the function."""


class Call(NamedTuple):
    """What a function asks of a store or of Stripe. A request for a charge or a page is a number."""

    port: str
    method: str
    arguments: tuple[Any, ...]
    options: dict[str, Any]


class Raises(NamedTuple):
    """An answer that is an error."""

    kind: type[PaystreamError]
    text: str = ""

    def __repr__(self) -> str:
        return f"{self.kind.__name__}({self.text})"


def is_at_stripe(call: Call) -> bool:
    """Whether Stripe is asked, and no table."""
    return call.port in ("gateway", "checkout")
