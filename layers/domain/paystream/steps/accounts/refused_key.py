"""A key that Stripe refuses: the integration is marked, and nothing is asked of Stripe through it until it is connected
again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from paystream.errors import KeyRefusedError, NeedsAttentionError, VersionConflictError
from paystream.lago.customer_notifications import payment_provider_error
from paystream.model.integration import Attention, Integration
from paystream.model.invoice import Invoice
from paystream.model.moves import pause
from paystream.model.schedule import look_again_at
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways, PaymentGateway


@contextmanager
def calls_stripe(
    integration: Integration, action: str, *, stores: Stores, gateways: Gateways, now: datetime
) -> Iterator[PaymentGateway]:
    """The gateway. `action` is what Stripe is asked for, as Lago names it: `payment_intent.create`.

    Raises NeedsAttentionError if the integration is paused, without asking Stripe; and as `refusal_marked` does.
    """
    refuse_if_paused(integration)
    with refusal_marked(integration, action, stores=stores, now=now):
        yield gateways.of(integration)


def refuse_if_paused(integration: Integration) -> None:
    """Raises NeedsAttentionError while nothing is asked of Stripe through it."""
    if integration.needs_attention:
        raise _paused(integration, integration.needs_attention)


@contextmanager
def refusal_marked(integration: Integration, action: str, *, stores: Stores, now: datetime) -> Iterator[None]:
    """Pause the integration if Stripe refuses its key, and notify `payment_provider.error`, once for each state.

    Raises NeedsAttentionError if it is paused then, also by another call. A refusal that is older than the
    integration's present state says nothing of that: then KeyRefusedError passes.
    """
    try:
        yield
    except KeyRefusedError as refused:
        marked = _mark(integration, refused, action, stores, now)
        if marked and marked.needs_attention:
            raise _paused(marked, marked.needs_attention) from None
        raise


def wait_for_key(invoice: Invoice, paused: NeedsAttentionError, *, stores: Stores, now: datetime) -> Invoice | None:
    """Let the invoice wait for the integration's key, and read the integration once more, so that connecting it
    finds the invoice waiting.

    Written each time, because connecting it may have made the invoice due at once: the new time must not undo that
    unnoticed. None if all is to be decided again: the integration is paused no more, or the invoice was written.
    """
    if not invoice.is_open:
        return invoice
    try:
        waiting = stores.invoices.save(
            pause(invoice, paused.integration_id, due_at=look_again_at(invoice, now), now=now)
        )
    except VersionConflictError:
        return None
    integration = stores.integrations.get(invoice.organization_id, paused.payment_provider_code)
    is_paused = integration and integration.lago_id == paused.integration_id and integration.needs_attention
    return waiting if is_paused else None


def _mark(
    integration: Integration, refused: KeyRefusedError, action: str, stores: Stores, now: datetime
) -> Integration | None:
    """The updated integration; None if it is gone, or was connected again since."""
    if integration.needs_attention:
        return integration
    attention = Attention(since=now, message=str(refused), code=refused.code)
    notification = payment_provider_error(integration, action, str(refused), refused.code, now)
    try:
        return stores.integrations.save(
            replace(integration, needs_attention=attention, updated_at=now), (notification,)
        )
    except VersionConflictError:
        current = stores.integrations.get(integration.organization_id, integration.code)
        return current if current and current.created_at == integration.created_at else None


def _paused(integration: Integration, attention: Attention) -> NeedsAttentionError:
    return NeedsAttentionError(
        attention.message,
        code=attention.code,
        payment_provider_code=integration.code,
        integration_id=integration.lago_id,
    )
