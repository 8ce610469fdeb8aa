"""What Stripe refuses an integration: it is marked, and that is not asked of Stripe through it until it is connected
again, or the time has come to try it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from paystream.errors import ChargeRefusedError, KeyRefusedError, NeedsAttentionError, VersionConflictError
from paystream.model.faults import Reach
from paystream.model.integration import Attention, Integration
from paystream.model.invoice import Invoice
from paystream.model.moves import pause
from paystream.model.pauses import CREATE_INTENT, CREATE_PAGE, pause_of
from paystream.model.schedule import look_again_at
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways, PaymentGateway
from paystream.steps.accounts.mark_refusal import mark_refusal, note_taken


@contextmanager
def calls_stripe(
    integration: Integration,
    action: str,
    *,
    types: Sequence[str] = (),
    stores: Stores,
    gateways: Gateways,
    now: datetime,
) -> Iterator[PaymentGateway]:
    """The gateway. `action` is what Stripe is asked for, as Lago names it: `payment_intent.create`. `types` are those
    of the payment methods of which one is charged.

    Raises NeedsAttentionError if the integration is paused for it, without asking Stripe; and as `refusal_marked` does.
    """
    refuse_if_paused(integration, action, types=types, now=now)
    with refusal_marked(integration, action, stores=stores, now=now):
        yield gateways.of(integration)
    if action not in (CREATE_INTENT, CREATE_PAGE):
        note_taken(integration, action, stores=stores)


def refuse_if_paused(integration: Integration, action: str, *, types: Sequence[str] = (), now: datetime) -> None:
    """Raises NeedsAttentionError while this is not asked of Stripe through it."""
    known = pause_of(integration, action, types=types, now=now)
    if known:
        raise _paused(integration, known)


@contextmanager
def refusal_marked(integration: Integration, action: str, *, stores: Stores, now: datetime) -> Iterator[None]:
    """Pause the integration as far as Stripe refuses it for a reason that is the operator's, and notify
    `payment_provider.error`, once for each pause.

    Raises NeedsAttentionError if it is paused then, also by another call. A refusal that is older than the
    integration's present state says nothing of that: then KeyRefusedError passes. So does one that Stripe has kept say
    nothing: NeedsAttentionError is raised, and nothing paused.
    """
    try:
        yield
    except KeyRefusedError as refused:
        if isinstance(refused, ChargeRefusedError) and refused.is_replayed:
            kept = Attention(since=now, message=str(refused), code=refused.code, reach=Reach(refused.reach))
            raise _paused(integration, kept, was_refused=True) from None
        marked = mark_refusal(integration, refused, action, stores=stores, now=now)
        if marked:
            was_refused = isinstance(refused, ChargeRefusedError)
            raise _paused(integration, marked, was_refused=was_refused) from None
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
    return waiting if is_still_paused(invoice.organization_id, paused, stores) else None


def is_still_paused(organization_id: str, paused: NeedsAttentionError, stores: Stores) -> bool:
    """Whether the integration is, for the same, as is read just now."""
    integration = stores.integrations.get(organization_id, paused.payment_provider_code)
    if integration is None or integration.lago_id != paused.integration_id:
        return False
    if integration.needs_attention:
        return True
    return any((one.reach, one.what) == (paused.reach, paused.what) for one in integration.pauses)


def _paused(integration: Integration, attention: Attention, *, was_refused: bool = False) -> NeedsAttentionError:
    return NeedsAttentionError(
        attention.message,
        code=attention.code,
        payment_provider_code=integration.code,
        integration_id=integration.lago_id,
        reach=attention.reach,
        what=attention.what,
        was_refused=was_refused,
    )
