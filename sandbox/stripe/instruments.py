"""What a payment method stands for: a test card, a test bank account, or something else to pay with."""

from .bank_accounts import BANK_ACCOUNTS, BankAccount
from .cards import CARDS, Card
from .other_methods import OTHER_METHODS, OtherMethod

Instrument = Card | BankAccount | OtherMethod

_INSTRUMENTS: tuple[Instrument, ...] = (*CARDS, *BANK_ACCOUNTS, *OTHER_METHODS)
BY_TOKEN = {token: instrument for instrument in _INSTRUMENTS for token in instrument.tokens}
