"""Write down what Stripe refuses an integration, and what it takes again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from paystream.errors import ChargeRefusedError, KeyRefusedError, PermissionMissingError, VersionConflictError
from paystream.lago.customer_notifications import payment_provider_error
from paystream.model.faults import Reach
from paystream.model.integration import Attention, Integration
from paystream.model.pauses import notified_permissions, with_refusal, without_pauses
from paystream.ports.stores import Stores

_TRIES = 5


def mark_refusal(
    integration: Integration, refused: KeyRefusedError, action: str, *, stores: Stores, now: datetime
) -> Attention | None:
    """What the integration is paused for by now, notified if that is new; None if it is gone, or was connected again
    since: a refusal that is older says nothing of that.
    """
    attention = _attention(refused, action, now)
    for _ in range(_TRIES):
        if integration.needs_attention:
            return integration.needs_attention
        marked, is_new = _marked(integration, attention, now)
        if marked == integration:
            return attention
        code = refused.code
        notification = payment_provider_error(integration, action, str(refused), code, now) if is_new else None
        try:
            stores.integrations.save(marked, (notification,) if notification else ())
            return attention
        except VersionConflictError:
            current = _as_it_was_connected(integration, stores)
            if current is None:
                return None
            integration = current
    return None


def note_taken(
    integration: Integration,
    action: str,
    *,
    types: Sequence[str] = (),
    was_refused: bool = False,
    stores: Stores,
) -> None:
    """Stripe has taken what it may have refused before: the pause ends. Costs nothing where there is none."""
    for _ in range(_TRIES):
        freed = without_pauses(integration, action, types=types, was_refused=was_refused)
        if freed == integration:
            return
        try:
            stores.integrations.save(freed)
            return
        except VersionConflictError:
            current = stores.integrations.get(integration.organization_id, integration.code)
            if current is None or current.created_at != integration.created_at:
                return
            integration = current


def _marked(integration: Integration, attention: Attention, now: datetime) -> tuple[Integration, bool]:
    if attention.reach is Reach.KEY:
        return replace(integration, needs_attention=attention, updated_at=now), True
    marked, is_new = with_refusal(integration, attention, now)
    return marked, is_new and not notified_permissions(integration) & {*attention.permissions}


def _attention(refused: KeyRefusedError, action: str, now: datetime) -> Attention:
    reach, what = Reach.KEY, None
    permissions = tuple(refused.permissions) if isinstance(refused, PermissionMissingError) else ()
    if isinstance(refused, PermissionMissingError):
        reach, what = Reach.PERMISSION, action
    elif isinstance(refused, ChargeRefusedError):
        reach, what = Reach(refused.reach), refused.what
    return Attention(
        since=now, message=str(refused), code=refused.code, reach=reach, what=what, permissions=permissions
    )


def _as_it_was_connected(integration: Integration, stores: Stores) -> Integration | None:
    """The integration as it is now, if only what is known of its pauses, or of its daily look, has changed; or if
    another call has marked it.
    """
    current = stores.integrations.get(integration.organization_id, integration.code)
    if current is None or current.created_at != integration.created_at:
        return None
    is_same = current.updated_at == integration.updated_at or current.needs_attention is not None
    return current if is_same else None
