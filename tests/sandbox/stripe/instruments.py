"""What a payment method stands for: a test card or a test bank account."""

from .bank_accounts import BANK_ACCOUNTS, BankAccount
from .cards import CARDS, Card

Instrument = Card | BankAccount

_INSTRUMENTS: tuple[Instrument, ...] = (*CARDS, *BANK_ACCOUNTS)
BY_TOKEN = {token: instrument for instrument in _INSTRUMENTS for token in instrument.tokens}
