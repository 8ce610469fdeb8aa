"""An integration as the API answers it: never with a key or a signing secret."""

from typing import Any

from paystream.lago.account_health import health_object
from paystream.lago.timestamps import timestamp
from paystream.model.integration import Integration


def integration_object(integration: Integration, *, is_default: bool) -> dict[str, Any]:
    """Of the key, only its last four characters are shown."""
    attention = integration.attention
    return {
        "lago_id": integration.lago_id,
        "type": "stripe",
        "code": integration.code,
        "name": integration.name,
        "account_id": integration.account_id,
        "account_name": integration.account_name,
        "livemode": integration.livemode,
        "secret_key_last4": integration.key_last4,
        "create_customers": integration.create_customers,
        "success_redirect_url": integration.success_redirect_url,
        "endpoint_rate_limit_per_second": integration.rate_limit.endpoint,
        "global_rate_limit_per_second": integration.rate_limit.total,
        "retry_schedule_days": list(integration.retry_schedule_days),
        "refund_second_payments": integration.refund_second_payments,
        "authentication_links": integration.authentication_links,
        "fallback_payment_methods": integration.fallback_payment_methods,
        "webhook_url": integration.webhook_url,
        "webhook_endpoint_id": integration.webhook_endpoint_id,
        "is_default": is_default,
        "needs_attention_since": timestamp(attention.since) if attention else None,
        "needs_attention_reason": {"message": attention.message, "code": attention.code} if attention else None,
        "health": health_object(integration),
        "disconnecting_since": timestamp(integration.disconnecting_since) if integration.disconnecting_since else None,
        "created_at": timestamp(integration.created_at),
        "updated_at": timestamp(integration.updated_at),
    }
