"""What a customer can pay with: kept at Stripe, and nowhere else."""

from dataclasses import dataclass
from datetime import datetime

from paystream.errors import NotFoundError
from paystream.model.charged_method import ChargedMethod
from paystream.model.customer import Customer
from paystream.model.identifiers import saved_method_id
from paystream.model.integration import Integration


@dataclass(frozen=True, slots=True)
class SavedMethod:
    """A payment method that a customer has at Stripe. `card` is Stripe's fingerprint of a card, `shown` what is shown
    of the method.
    """

    id: str
    type: str
    created_at: datetime
    card: str | None = None
    shown: ChargedMethod | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodChoice:
    """Which method a request wants charged: the one with this id of Lago's, without one the customer's default; none
    automatically if it `is_manual`.
    """

    payment_method_id: str | None = None
    is_manual: bool = False


@dataclass(frozen=True, slots=True)
class Wallet:
    """A customer's methods, and the account through which they are charged; without one there are none."""

    customer: Customer
    integration: Integration | None
    methods: tuple[SavedMethod, ...]

    def method(self, lago_id: str) -> SavedMethod:
        """Raises NotFoundError."""
        for method in self.methods:
            if saved_method_id(self.customer.organization_id, method.id) == lago_id:
                return method
        raise NotFoundError("payment_method")
