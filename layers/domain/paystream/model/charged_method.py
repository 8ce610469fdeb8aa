"""What is shown of the payment method that was charged."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargedMethod:
    """As a receipt shows it, at the time of the charge: the type, and of a card its brand, its last four digits and
    when it expires; of a bank account its last four digits. What the type does not have is None.
    """

    type: str
    brand: str | None = None
    last4: str | None = None
    exp_month: int | None = None
    exp_year: int | None = None
