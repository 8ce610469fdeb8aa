"""A payment from a customer's cash balance at Stripe, which the customer fills by a bank transfer."""

from dataclasses import dataclass

from paystream.model.customer import Customer

_TYPES = {
    "EUR": "eu_bank_transfer",
    "GBP": "gb_bank_transfer",
    "JPY": "jp_bank_transfer",
    "MXN": "mx_bank_transfer",
    "USD": "us_bank_transfer",
}

_EU_COUNTRIES = frozenset({"BE", "DE", "ES", "FR", "IE", "NL"})
"""Where Stripe has accounts for transfers in EUR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankTransfer:
    """How the balance is filled where it does not cover the payment: Stripe's type, none in a currency for which Stripe
    has no such transfer, and for a transfer in EUR the country of the account that the customer transfers to.

    Source: https://docs.stripe.com/payments/bank-transfers/accept-a-payment
    """

    type: str | None = None
    country: str | None = None

    @property
    def lacks_country(self) -> bool:
        """Whether nothing can be sent: Stripe wants a country that it has accounts in."""
        return self.type == "eu_bank_transfer" and self.country is None


def bank_transfer_of(customer: Customer, currency: str) -> BankTransfer | None:
    """How an invoice in this currency is paid by a customer who pays by bank transfer; None for any other. As in Lago,
    the account's country is the customer's.
    """
    if not customer.pays_by_bank_transfer:
        return None
    kind = _TYPES.get(currency)
    country = customer.country if kind == "eu_bank_transfer" else None
    return BankTransfer(type=kind, country=country if country in _EU_COUNTRIES else None)
