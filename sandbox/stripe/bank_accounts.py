"""Test bank accounts: https://docs.stripe.com/testing and the pages on SEPA, ACH and Bacs direct debit.

The numbers and the tokens of US accounts are Stripe's; Stripe has no tokens for others: `pm_sepaDebit_…` and
`pm_bacsDebit_…` are our own.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BankAccount:
    """A bank account: an IBAN for `sepa_debit`, an account number for `us_bank_account` and `bacs_debit`."""

    number: str
    type: str
    tokens: tuple[str, ...] = ()
    failure_code: str | None = None
    failure_message: str | None = None
    country: str = "US"
    dispute_reason: str | None = None


_NO_FUNDS = "The customer's account has insufficient funds to cover this payment."
_NOT_AUTHORIZED = "The customer has notified their bank that this payment was unauthorized."

BANK_ACCOUNTS: tuple[BankAccount, ...] = (
    BankAccount("DE89370400440532013000", "sepa_debit", ("pm_sepaDebit_success",), country="DE"),
    BankAccount("DE08370400440532013003", "sepa_debit", country="DE"),
    BankAccount(
        "DE62370400440532013001",
        "sepa_debit",
        ("pm_sepaDebit_failed",),
        "generic_could_not_process",
        "The payment failed.",
        "DE",
    ),
    BankAccount("DE35370400440532013002", "sepa_debit", country="DE", dispute_reason="bank_cannot_process"),
    BankAccount("DE65370400440000343434", "sepa_debit", (), "insufficient_funds", _NO_FUNDS, "DE"),
    BankAccount("AT611904300234573201", "sepa_debit", country="AT"),
    BankAccount("AT321904300235473204", "sepa_debit", country="AT"),
    BankAccount("AT861904300235473202", "sepa_debit", (), "generic_could_not_process", "The payment failed.", "AT"),
    BankAccount("FR1420041010050500013M02606", "sepa_debit", country="FR"),
    BankAccount(
        "FR8420041010050500013M02607", "sepa_debit", (), "generic_could_not_process", "The payment failed.", "FR"
    ),
    BankAccount("000123456789", "us_bank_account", ("pm_usBankAccount_success", "pm_usBankAccount")),
    BankAccount(
        "000111111113",
        "us_bank_account",
        ("pm_usBankAccount_accountClosed",),
        "account_closed",
        "The customer's bank account has been closed.",
    ),
    BankAccount(
        "000111111116",
        "us_bank_account",
        ("pm_usBankAccount_noAccount",),
        "no_account",
        "The customer's bank account could not be located.",
    ),
    BankAccount(
        "000222222227", "us_bank_account", ("pm_usBankAccount_insufficientFunds",), "insufficient_funds", _NO_FUNDS
    ),
    BankAccount(
        "000333333335",
        "us_bank_account",
        ("pm_usBankAccount_debitNotAuthorized",),
        "debit_not_authorized",
        _NOT_AUTHORIZED,
    ),
    BankAccount("00012345", "bacs_debit", ("pm_bacsDebit_success",), country="GB"),
    BankAccount(
        "22222227", "bacs_debit", ("pm_bacsDebit_insufficientFunds",), "insufficient_funds", _NO_FUNDS, country="GB"
    ),
    BankAccount(
        "33333335",
        "bacs_debit",
        ("pm_bacsDebit_debitNotAuthorized",),
        "debit_not_authorized",
        _NOT_AUTHORIZED,
        country="GB",
    ),
)

BANK_ACCOUNT_BY_NUMBER = {account.number: account for account in BANK_ACCOUNTS}
