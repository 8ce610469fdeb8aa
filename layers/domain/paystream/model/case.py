"""What a decision about an invoice needs, loaded once: the invoice, its attempts, its customer and their accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from typing import Self

from paystream.model.customer import Customer
from paystream.model.identifiers import saved_method_id
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.item_history import ItemHistory
from paystream.model.manual_payment import AnyPayment
from paystream.model.payment import Payment
from paystream.model.received import OnRecord, settles
from paystream.model.standing import WaitingFor


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays through which account."""

    customer: Customer
    integration: Integration


class Occasion(Enum):
    """Why the invoice is looked at: it is new in the table, its customer can be collected by now, or it is due."""

    NEW = auto()
    CUSTOMER_CHANGED = auto()
    DUE = auto()


class Learned(Enum):
    """What was done in this run, and is not done again in it."""

    ANSWERED = auto()
    CREATION_RESUMED = auto()
    FIRST_ATTEMPT_LOOKED_UP = auto()
    NOT_ALL_ASKED = auto()
    METHOD_ASKED_FOR = auto()
    REFUNDS_LOOKED_AT = auto()
    ATTEMPT_LOOKED_UP = auto()
    OTHERS_CLOSED = auto()
    SURPLUS_LOOKED_AT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`attempts` are the payments of its attempts that are on record, by their numbers; an item that was replaced does
    not know how many there are. `account` is the one through which something new may begin for the customer.
    `sent_through` has, by a payment's id, the account that an attempt was sent to, if that is connected. `closed` is
    an attempt that was closed at Stripe just now, which is not written yet; `retrieved` are the ids of those that were
    asked for in this run. `former_customer` is that of the last attempt, where the item names none that there is.
    `history` and `besides`, the payments that follow from no attempt, are those of an invoice that is owed and not new,
    or has ended with work left.
    """

    invoice: Invoice
    occasion: Occasion
    now: datetime
    attempts: tuple[Payment, ...] = ()
    history: ItemHistory | None = None
    besides: tuple[AnyPayment, ...] = ()
    customer: Customer | None = None
    former_customer: Customer | None = None
    account: Integration | None = None
    sent_through: Mapping[str, Integration] = field(default_factory=dict)
    learned: frozenset[Learned] = frozenset()
    closed: Payment | None = None
    retrieved: frozenset[str] = frozenset()

    @property
    def latest(self) -> Payment | None:
        """The payment of the last attempt, if it is on record."""
        return self.attempts[-1] if self.attempts else None

    @property
    def on_record(self) -> OnRecord:
        """All that is known of the invoice beside its item."""
        return OnRecord((*self.attempts, *self.besides), self.history)

    @property
    def followed_for(self) -> Customer | None:
        """Of whom the attempts on record are followed, whatever the item says by now."""
        return self.customer or self.former_customer

    def has(self, learned: Learned) -> bool:
        """Whether that was done in this run."""
        return learned in self.learned

    def with_learned(self, learned: Learned) -> Self:
        """The case in which that is done."""
        return replace(self, learned=self.learned | {learned})

    def with_retrieved(self, attempt: Payment) -> Self:
        """The case in which that attempt was asked for."""
        return replace(self, retrieved=self.retrieved | {attempt.lago_id})

    def with_payment(self, payment: Payment) -> Self:
        """The case in which a payment on record has changed."""
        attempts = tuple(payment if one.lago_id == payment.lago_id else one for one in self.attempts)
        besides = tuple(payment if one.lago_id == payment.lago_id else one for one in self.besides)
        return replace(self, attempts=attempts, besides=besides)

    def answered(self, invoice: Invoice) -> Self:
        """The case in which an answer was written down: nothing else is done in this run."""
        return replace(self, invoice=invoice, learned=self.learned | {Learned.ANSWERED})

    def new_payer(self, *, needs_method: bool = True) -> Payer | WaitingFor:
        """Who pays a new attempt, or what it lacks; `needs_method` is for a charge."""
        if self.invoice.self_billed:
            return WaitingFor.NOTHING
        if self.invoice.waiting_for is WaitingFor.REQUEST:
            return WaitingFor.REQUEST
        is_chosen = self.invoice.chosen_payment_method_id is not None
        return payer_of_new(self.customer, self.account, needs_method=needs_method and not is_chosen)

    def is_of_today(self, attempt: Payment) -> bool:
        """Whether an attempt is what would begin now: over what is due, in the invoice's currency, of its customer as
        that is linked to Stripe. What it is charged to may have changed, unless its item says another method.
        """
        payer = self.new_payer(needs_method=False)
        if isinstance(payer, WaitingFor):
            return False
        is_payers = payer.customer.provider_customer_id == attempt.provider_customer_id
        is_due = attempt.amount_cents == self.invoice.total_due_amount_cents and settles(self.invoice, attempt)
        is_same = is_due and is_payers and payer.integration.leads_to(attempt)
        return is_same and (attempt.attempt <= self.invoice.attempt or self._charges_own_method(attempt))

    def _charges_own_method(self, attempt: Payment) -> bool:
        """Whether an attempt charges what an item says that replaced the one it was begun for."""
        own, charged = self.invoice.own_payment_method_id, attempt.payment_method_id
        return own in (None, charged and saved_method_id(attempt.organization_id, charged))

    def payer_of(self, attempt: Payment | None) -> Payer | WaitingFor:
        """Who pays an attempt, or what is missing. One that was begun keeps its account, its customer at Stripe and its
        method: it waits for none of them, and goes on under whatever code its account is connected.
        """
        if self.followed_for is None or attempt is None:
            return self.new_payer()
        account = self.sent_through.get(attempt.lago_id)
        return Payer(self.followed_for, account) if account else WaitingFor.INTEGRATION


def payer_of_new(
    customer: Customer | None, account: Integration | None, *, needs_method: bool = True
) -> Payer | WaitingFor:
    """Who pays a new attempt, or what it lacks: `account` is the one through which something new may begin for the
    customer. A bank transfer needs no method.
    """
    if customer is None:
        return WaitingFor.CUSTOMER
    if customer.is_partner:
        return WaitingFor.NOTHING
    if account is None:
        return WaitingFor.INTEGRATION
    if customer.provider_customer_id is None:
        return WaitingFor.PROVIDER_CUSTOMER
    return WaitingFor.PAYMENT_METHOD if needs_method and customer.pays_with is None else Payer(customer, account)
