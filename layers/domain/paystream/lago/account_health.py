"""The health of a connected account as the API answers it."""

from typing import Any

from paystream.lago.timestamps import timestamp
from paystream.model.account_health import AccountHealth, EndpointStatus, kind_of, text_of
from paystream.model.integration import Integration
from paystream.model.key_permissions import KeyPermission


def health_object(integration: Integration) -> dict[str, Any]:
    """What is not known is null, or `unknown`: of an account that was not looked at yet, nothing is."""
    health, attention, heard = integration.health, integration.needs_attention, integration.last_event
    missing = health.missing if health else ()
    return {
        "checked_at": timestamp(health.checked_at) if health else None,
        "charges_enabled": health.charges_enabled if health else None,
        "missing_permissions": [_permission(one) for one in missing],
        "unchecked_permissions": [_permission(one) for one in health.unchecked] if health else [],
        "webhook_endpoint": _endpoint(integration, health),
        "last_event": {"type": heard.type, "received_at": timestamp(heard.at)} if heard else None,
        "paused_since": timestamp(attention.since) if attention else None,
        "paused_reason": {"message": attention.message, "code": attention.code} if attention else None,
        "problems": _problems(integration),
    }


def _permission(permission: KeyPermission) -> dict[str, str | bool]:
    return {"id": permission.id, "name": permission.name, "needed": permission.is_needed}


def _endpoint(integration: Integration, health: AccountHealth | None) -> dict[str, str | None]:
    status = health.endpoint_status if health else EndpointStatus.UNKNOWN
    since = health.endpoint_since if health and status is not EndpointStatus.ENABLED else None
    return {
        "id": integration.webhook_endpoint_id,
        "url": integration.webhook_url,
        "status": status.value,
        "since": timestamp(since) if since else None,
    }


def _problems(integration: Integration) -> list[dict[str, str]]:
    """Each kind once."""
    problems = integration.check.problems if integration.check else ()
    missing = integration.health.missing if integration.health else ()
    return [{"code": kind, "message": text_of(kind, missing)} for kind in dict.fromkeys(map(kind_of, problems))]
