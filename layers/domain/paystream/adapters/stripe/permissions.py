"""What a key may do, asked of Stripe behind the port `KeyPermissions`.

Each question is the request that needs the permission, about an id that cannot exist: Stripe looks at the key before it
looks for the object, so that 403 means that the permission lacks, 404 that it is there, and nothing can be changed.
The order is the one of https://docs.stripe.com/error-low-level; the sandbox has it so, and it is assumed of Stripe.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import stripe

from paystream.adapters.stripe.errors import translated
from paystream.errors import OutcomeUnknownError, ProviderRefusedError, ResourceMissingError
from paystream.model.key_permissions import Permission

_NOBODYS = "paystream00000000000000000000"


class StripeKeyPermissions:
    """The permissions of one key."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._v1 = client.v1
        self._questions: Mapping[Permission, Callable[[], Any]] = {
            Permission.PAYMENT_INTENTS: lambda: self._v1.payment_intents.cancel(f"pi_{_NOBODYS}"),
            Permission.CUSTOMERS_READ: lambda: self._v1.customers.retrieve(f"cus_{_NOBODYS}"),
            Permission.PAYMENT_METHODS_READ: lambda: self._v1.customers.payment_methods.list(f"cus_{_NOBODYS}"),
            Permission.WEBHOOK_ENDPOINTS: lambda: self._v1.webhook_endpoints.delete(f"we_{_NOBODYS}"),
            Permission.CUSTOMERS: lambda: self._v1.customers.update(f"cus_{_NOBODYS}"),
            Permission.PAYMENT_METHODS: lambda: self._v1.payment_methods.detach(f"pm_{_NOBODYS}"),
            Permission.REFUNDS: lambda: self._v1.refunds.update(f"re_{_NOBODYS}"),
            Permission.CHECKOUT_SESSIONS: lambda: self._v1.checkout.sessions.expire(f"cs_{_NOBODYS}"),
            Permission.EVENTS: lambda: self._v1.events.retrieve(f"evt_{_NOBODYS}"),
            Permission.ACCOUNT: self._v1.accounts.retrieve_current,
        }

    def check(self, permission: Permission) -> None:
        try:
            with suppress(ResourceMissingError), translated():
                self._questions[permission]()
        except ProviderRefusedError as refused:
            raise OutcomeUnknownError(f"refused for another reason, code {refused.code}") from None
