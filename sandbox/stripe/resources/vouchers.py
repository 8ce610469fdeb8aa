"""Boletos: vouchers that a customer pays at a bank. https://docs.stripe.com/payments/boleto."""

from sandbox.stripe.context import Context
from sandbox.stripe.wire import JsonObject

_EXPIRES_AFTER = 3 * 24 * 3600
"""Stripe's default, in seconds."""


def display_details(context: Context, intent: JsonObject) -> JsonObject:
    """The `next_action` of an intent whose voucher is to be paid."""
    url = f"{context.world.settings.public_url}/boleto/{intent['id']}"
    return {
        "type": "boleto_display_details",
        "boleto_display_details": {
            "expires_at": context.now + _EXPIRES_AFTER,
            "hosted_voucher_url": url,
            "number": "01010101010101010101010101010101010101010101010",
            "pdf": f"{url}/pdf",
        },
    }
