"""Write down what Stripe said of a payment, by an answer or by an event."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from paystream.errors import ContentionError, VersionConflictError
from paystream.lago.invoice_notifications import settlement_notifications
from paystream.model.card_declines import is_spent
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.known_cards import with_cards
from paystream.model.moves import postpone
from paystream.model.outcome import Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.received import with_sums
from paystream.model.schedule import UNREACHABLE_IS_LOOKED_AT_EVERY
from paystream.model.settlement import NOTHING_FOLLOWS, FollowUp, Settlement, settle
from paystream.model.surplus import may_be_too_much, surplus, with_refund_of_surplus
from paystream.ports.stores import Stores
from paystream.steps.accounts.connected import Accounts
from paystream.steps.attempts.read_invoice import read_invoice
from paystream.steps.attempts.read_payments import on_record

_TRIES = 5

FindOther = Callable[[Invoice, Payment, Outcome, Customer, Accounts], str | None]
"""Which method takes the place of one that was declined for good; see `find_next_method`."""


def record_outcome(
    invoice: Invoice,
    payment: Payment,
    outcome: Outcome,
    *,
    customer: Customer,
    accounts: Accounts | None = None,
    decides_again: bool = True,
    find_other: FindOther | None = None,
    stores: Stores,
    now: datetime,
) -> Invoice:
    """Settle invoice, payment and notifications in one transaction; safe to repeat, in any order.

    If another function wrote in between, both are read again and the state machine decides again, unless whose payment
    it is was decided from what was read before. With `find_other` another method is asked for, where one
    was declined for good and the customer has agreed. Raises VersionConflictError then, when that goes on, or when
    another intent has become this payment meanwhile, NotFoundError if the invoice is gone; and what asking Stripe
    raises.
    """
    for _ in range(_TRIES):
        accounts = accounts or Accounts(invoice.organization_id, stores)
        settlement = _decide(invoice, payment, outcome, customer, accounts=accounts, find_other=find_other, now=now)
        if settlement is None:
            return invoice
        if may_be_too_much(invoice, settlement.payment):
            settlement = _with_surplus_going_back(settlement, accounts, stores, now)
        try:
            return stores.invoices.settle(settlement, settlement_notifications(settlement, customer, now))
        except VersionConflictError:
            if not decides_again:
                raise
            invoice = read_invoice(stores, invoice.organization_id, invoice.lago_id)
            payment = stores.payments.get(payment.organization_id, payment.lago_id) or payment
            customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id) or customer
            accounts = None
            if payment.provider_payment_id not in (None, outcome.intent_id):
                raise
    raise ContentionError(f"invoice {invoice.lago_id} keeps changing; try again")


def _decide(
    invoice: Invoice,
    payment: Payment,
    outcome: Outcome,
    customer: Customer,
    *,
    accounts: Accounts,
    find_other: FindOther | None,
    now: datetime,
) -> Settlement | None:
    """With what is known of the customer's cards, and of another method, where Stripe can be asked."""
    if find_other is None:
        return decide(invoice, payment, outcome, customer=customer, accounts=accounts, now=now)
    known = with_cards(customer, invoice, payment, outcome, now)
    other = find_other(invoice, payment, outcome, known, accounts)
    settlement = decide(invoice, payment, outcome, customer=known, accounts=accounts, other=other, now=now)
    return replace(settlement, customer=known) if settlement and known is not customer else settlement


def decide(
    invoice: Invoice,
    payment: Payment,
    outcome: Outcome,
    *,
    customer: Customer,
    accounts: Accounts,
    other: str | None = None,
    now: datetime,
) -> Settlement | None:
    """What the state machine decides; of a failure, and of a part of what is due, by the settings of this moment.
    `other` is the method that takes the place of one that was declined for good.
    """
    is_failure = outcome.status is PayableStatus.FAILED
    is_part = outcome.status is PayableStatus.SUCCEEDED and _is_part(invoice, payment, outcome)
    follow_up = _follow_up(payment, outcome, customer, accounts) if is_failure or is_part else NOTHING_FOLLOWS
    if is_failure:
        charged = outcome.payment_method_id or payment.payment_method_id
        spent = charged is not None and is_spent(customer.card_declines, charged, outcome.card, now)
        follow_up = replace(follow_up, next_payment_method_id=other, is_card_spent=spent)
    return settle(invoice, payment, outcome, follow_up=follow_up, now=now)


def _with_surplus_going_back(settlement: Settlement, accounts: Accounts, stores: Stores, now: datetime) -> Settlement:
    """With a refund of what was paid beyond what is owed, where the setting of the account says so. One that is not
    connected is asked when the invoice is looked at again.
    """
    payment = settlement.payment
    known = on_record(settlement.invoice, stores).with_payment(payment)
    settlement = replace(settlement, invoice=with_sums(settlement.invoice, known))
    amount = min(surplus(settlement.invoice, known), payment.amount_cents)
    integration = accounts.of(payment) if amount > 0 else None
    if integration and integration.refund_second_payments:
        return with_refund_of_surplus(settlement, amount, now)
    if amount > 0 and integration is None:
        tomorrow = now + UNREACHABLE_IS_LOOKED_AT_EVERY
        due_at = min(settlement.invoice.due_at or tomorrow, tomorrow)
        return replace(settlement, invoice=postpone(settlement.invoice, due_at, now=now))
    return settlement


def _is_part(invoice: Invoice, payment: Payment, outcome: Outcome) -> bool:
    amount = payment.amount_cents if outcome.amount_cents is None else outcome.amount_cents
    return amount < invoice.total_due_amount_cents


def _follow_up(payment: Payment, outcome: Outcome, customer: Customer, accounts: Accounts) -> FollowUp:
    """By the settings of the account that was charged without success; nothing follows through one that is not
    connected.
    """
    default = _default_payment_method_id(outcome.payment_method_id or payment.pays_with, customer, accounts)
    integration = accounts.of(payment)
    if integration and integration.disconnecting_since:
        by_now = accounts.for_new(customer)
        integration = by_now if by_now and by_now.leads_to(payment) else None
    if integration is None:
        return FollowUp(default_payment_method_id=default)
    return FollowUp(
        retry_schedule_days=integration.retry_schedule_days,
        authentication_links=integration.authentication_links,
        default_payment_method_id=default,
    )


def _default_payment_method_id(charged: str | None, customer: Customer, accounts: Accounts) -> str | None:
    """What would be charged now; None if nothing would: another method than the one that failed needs an account."""
    if customer.pays_with in (None, charged):
        return customer.pays_with
    return customer.pays_with if accounts.for_new(customer) else None
