"""What customers and other systems do at Stripe in the name of invoices, without Paystream's asking for it."""

from paystream.model.identifiers import payment_id

from .wallets import type_of
from .workload import Workload

_CONFIRMED_WITH = (
    "pm_card_visa",
    "pm_card_chargeCustomerFail",
    "pm_usBankAccount_success",
    "pm_usBankAccount_insufficientFunds",
    "pm_sepaDebit_success",
    "pm_sepaDebit_failed",
    "pm_bacsDebit_success",
)
_COLLECTED_WITH = ("pm_card_visa", "pm_card_visa", "pm_card_visa", "pm_card_visa_chargeDeclined", "")
_DEBITS_TAKE = (3.0, 3600.0, 86400.0, 3 * 86400.0)
"""Seconds."""


def confirm_what_failed(workload: Workload) -> None:
    """An intent that failed is confirmed after all, with a card, or with a debit that is on its way for days."""
    random, at_stripe = workload.world.random, workload.world.invariants.money.at_stripe
    for key, _ in workload.lately("failed", "succeeded"):
        failed = [one for one in at_stripe.payable(key[1]) if one["status"] == "requires_payment_method"]
        if failed:
            intent = random.choice(failed)
            tokens = [one for one in _CONFIRMED_WITH if type_of(one) in intent["payment_method_types"]]
            workload.confirm(intent["id"], random.choice(tokens), takes=random.choice(_DEBITS_TAKE))
            return


def collect_in_its_name(workload: Workload) -> None:
    """Another system that may write to the account collects under the name of a payment: it succeeds, it is declined,
    or it is left for later.
    """
    payments = workload.world.database.tables["PaymentsTable"]
    for key, item in workload.lately("succeeded"):
        payment = payments.get((key[0], payment_id(key[0], key[1], int(item["attempt"]["N"]))))
        if payment is not None and "provider_payment_id" in payment:
            token = workload.world.random.choice(_COLLECTED_WITH)
            workload.collect_again(payment["provider_payment_id"]["S"], token)
            return
