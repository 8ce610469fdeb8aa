"""Tell that Stripe refuses an integration's key."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from paystream.errors import KeyRefusedError
from paystream.lago.envelopes import payment_provider_error
from paystream.model.integration import Integration
from paystream.ports import Stores


@contextmanager
def refused_key_told(integration: Integration, action: str, *, stores: Stores, now: datetime) -> Iterator[None]:
    """Tell `payment_provider.error`, once for each state of the integration, and let the refusal pass.

    `action` is what Stripe was asked for, as Lago names it: `payment_intent.create`.
    """
    try:
        yield
    except KeyRefusedError as refused:
        stores.notifications.add(payment_provider_error(integration, action, str(refused), refused.code, now))
        raise
