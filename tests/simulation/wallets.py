"""What the customers of a world pay with: tokens of Stripe's testing pages, and the sandbox's own where it has none."""

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.stripe.cards import Card
from sandbox.stripe.instruments import BY_TOKEN

BY_TRANSFER = "customer_balance"
SEVERAL = "pm_card_radarBlock"
"""The default of a customer who has others on file: it is declined for good."""
BESIDES = ("pm_card_visa", "pm_card_riskLevelHighest", "pm_card_radarBlock")
"""What else such a customer has, the oldest first: the last two are declined for good, too."""

KINDS = (
    ("pm_card_visa", 50),
    ("pm_card_pendingRefund", 3),
    ("pm_card_refundFail", 3),
    ("pm_card_chargeCustomerFail", 12),
    ("pm_card_authenticationRequired", 6),
    (SEVERAL, 6),
    ("pm_card_createDispute", 4),
    ("pm_usBankAccount_success", 8),
    ("pm_usBankAccount_insufficientFunds", 4),
    ("pm_sepaDebit_success", 3),
    ("pm_sepaDebit_failed", 2),
    ("pm_bacsDebit_success", 3),
    ("pm_bacsDebit_insufficientFunds", 2),
    ("pm_boleto_success", 3),
    ("pm_boleto_expires", 3),
    ("pm_link", 3),
    (BY_TRANSFER, 5),
    ("", 4),
    ("unlinked", 1),
    ("created", 3),
)
"""A token, a bank transfer, nothing yet, nobody at Stripe, or made by Paystream; and how many are like that."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """What a customer may pay with, in which currency, and the tokens that are tried: the first one is good."""

    types: tuple[str, ...]
    currency: str
    tokens: tuple[str, ...]


_CARDS = Wallet(
    ("card", "us_bank_account"),
    "USD",
    ("pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_mastercard", "pm_card_authenticationRequired"),
)
_WALLETS = {
    BY_TRANSFER: Wallet((BY_TRANSFER,), "USD", ("pm_card_visa",)),
    "pm_sepaDebit": Wallet(("card", "sepa_debit"), "EUR", ("pm_sepaDebit_success", "pm_card_chargeCustomerFail")),
    "pm_bacsDebit": Wallet(
        ("card", "bacs_debit"), "GBP", ("pm_bacsDebit_success", "pm_bacsDebit_insufficientFunds", "pm_card_visa")
    ),
    "pm_boleto": Wallet(("card", "boleto"), "BRL", ("pm_boleto_success", "pm_boleto_expires", "pm_card_visa")),
    "pm_link": Wallet(("card", "link"), "USD", ("pm_link", "pm_card_chargeCustomerFail")),
}
_ON_PAGES = (*_CARDS.tokens, *_WALLETS["pm_boleto"].tokens[:2], "pm_sepaDebit_success", "pm_link", "pm_customerBalance")


def wallet_of(kind: str) -> Wallet:
    """Cards and debits in USD, where nothing else is said."""
    return next((wallet for name, wallet in _WALLETS.items() if kind.startswith(name)), _CARDS)


def tokens_on_a_page(types: Sequence[str]) -> list[str]:
    """What a customer may choose on a page that takes these types."""
    return [token for token in _ON_PAGES if type_of(token) in types]


def type_of(token: str) -> str:
    """Stripe's type of what a token stands for."""
    instrument = BY_TOKEN[token]
    return "card" if isinstance(instrument, Card) else instrument.type
