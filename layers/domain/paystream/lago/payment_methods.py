"""A payment method as Lago's clients read it."""

from typing import Any

from paystream.lago.timestamps import timestamp
from paystream.model.identifiers import saved_method_id
from paystream.model.payment_method import SavedMethod, Wallet


def payment_method_object(wallet: Wallet, method: SavedMethod) -> dict[str, Any]:
    """Lago's payment method object, with Stripe's type of it besides."""
    return {
        "lago_id": saved_method_id(wallet.customer.organization_id, method.id),
        "is_default": method.id == wallet.customer.payment_method_id,
        "payment_provider_code": wallet.integration.code if wallet.integration else None,
        "payment_provider_name": wallet.integration.name if wallet.integration else None,
        "payment_provider_type": "stripe",
        "provider_method_id": method.id,
        "provider_method_type": method.type,
        "created_at": timestamp(method.created_at),
    }
