"""What a restricted key must be allowed at Stripe, in the words of Stripe's dashboard.

A secret key (`sk_…`) may do everything: https://docs.stripe.com/keys/restricted-api-keys. The ids are those that Stripe
names in a refusal: `Having the 'rak_charge_write' permission would allow this request to continue.`
"""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One permission, by the id that Stripe's refusals have for it. Those that write may read, too."""

    PAYMENT_INTENTS = "rak_payment_intent_write"
    CUSTOMERS_READ = "rak_customer_read"
    PAYMENT_METHODS_READ = "rak_payment_method_read"
    WEBHOOK_ENDPOINTS = "rak_webhook_write"
    CUSTOMERS = "rak_customer_write"
    PAYMENT_METHODS = "rak_payment_method_write"
    REFUNDS = "rak_charge_write"
    CHECKOUT_SESSIONS = "rak_checkout_session_write"
    EVENTS = "rak_event_read"
    ACCOUNT = "rak_accounts_kyc_basic_read"


_NAMES = {
    Permission.PAYMENT_INTENTS: "PaymentIntents: Write",
    Permission.CUSTOMERS_READ: "Customers: Read",
    Permission.PAYMENT_METHODS_READ: "PaymentMethods: Read",
    Permission.WEBHOOK_ENDPOINTS: "Webhook Endpoints: Write",
    Permission.CUSTOMERS: "Customers: Write",
    Permission.PAYMENT_METHODS: "PaymentMethods: Write",
    Permission.REFUNDS: "Charges and Refunds: Write",
    Permission.CHECKOUT_SESSIONS: "Checkout Sessions: Write",
    Permission.EVENTS: "Events: Read",
    Permission.ACCOUNT: "Accounts: Read",
}
"""The row and the column of the dashboard's form for restricted keys."""

NEEDED = frozenset(
    {
        Permission.PAYMENT_INTENTS,
        Permission.CUSTOMERS_READ,
        Permission.PAYMENT_METHODS_READ,
        Permission.WEBHOOK_ENDPOINTS,
    }
)
"""Nothing can be collected without these. What lacks of the others is a part that does not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPermission:
    """A permission as it is shown. `id` is what Stripe has named, which may be another one than ours."""

    id: str
    name: str
    is_needed: bool = False

    def __str__(self) -> str:
        return f"{self.id} ({self.name})"


def shown(permission: Permission, said: tuple[str, ...] = ()) -> KeyPermission:
    """`said` are the ids of a refusal, any one of which would do: ours is shown where it is among them."""
    named = said[0] if said and permission not in said else permission.value
    return KeyPermission(id=named, name=_NAMES[permission], is_needed=permission in NEEDED)
