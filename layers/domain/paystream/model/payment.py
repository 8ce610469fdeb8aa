"""What was paid through Stripe, or is to be: an attempt to collect an invoice."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from paystream.model.bank_transfer import BankTransfer
from paystream.model.charged_method import ChargedMethod
from paystream.model.outcome import (
    CANCELABLE_WHILE_OPEN,
    CANCELED,
    LINK_EXPIRED,
    REQUIRES_ACTION,
    REQUIRES_CONFIRMATION,
    Failure,
    Outcome,
    PayableStatus,
)
from paystream.model.payment_dispute import Dispute
from paystream.model.payment_method_types import CUSTOMER_BALANCE
from paystream.model.payment_refund import Refund


class MethodOrigin(StrEnum):
    """Why a method is charged that is not just the customer's default: a request or the invoice has chosen it, or it
    takes the place of one that was declined for good.
    """

    CHOSEN = "chosen"
    FALLBACK = "fallback"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLink:
    """A page of Stripe on which the customer pays: a checkout session. It has no `session_id` until it is made there.

    `return_url` is where the customer is led from there. `follows_failure`: nobody asked for it; its page is made by
    the schedule, and notified. `is_over`: nobody can pay on the page any more, as Stripe says of the page itself.
    `is_spent`: it was completed and its payment has failed, for good as far as is known. Stripe cancels no intent of a
    page, so it is retrieved once in a while. Source: https://docs.stripe.com/api/payment_intents/cancel
    """

    session_id: str | None = None
    url: str | None = None
    return_url: str | None = None
    expires_at: datetime | None = None
    follows_failure: bool = False
    is_over: bool = False
    is_spent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One attempt to collect an invoice.

    `lago_id` is derived from the invoice and the attempt, and is the idempotency key at Stripe. A refusal that is the
    operator's is kept by Stripe under its key for a day: from `refused_at` on nothing is sent under that any more, and
    what is begun again has the next `key_number`.

    `integration_id` names the account it was sent to, by the code of then: a code can be connected to another account
    later. `account_key` is the account itself, and its mode.

    `status` is Stripe's status of the payment intent, `payment_status` its meaning. `provider_created_at` is when
    Stripe made the intent: there it stands in lists. `charged` is what is shown of the payment method, if an answer
    has said it; `ended_at` when it became known that it succeeded or failed. `unknown_tries` counts the requests
    whose outcome stayed unknown. With a `link`, a payment link, it is the customer who pays, and nothing is charged.
    With a `bank_transfer` it is charged to the customer's balance, which needs no payment method;
    `remaining_amount_cents` is what the balance lacks, in minor units. `on_session`: it is charged as if the customer
    were there. `is_superseded`: it waits for the customer, and another attempt was asked for instead, so it is
    closed, and the next one follows. `method_origin` is None where it charges the default, or what the schedule tries
    again. `by_schedule`: it was begun as planned, and nobody has asked for it. `disputes` and `refunds` are in the
    order in which they became known.
    """

    organization_id: str
    lago_id: str
    invoice_id: str
    invoice_number: str
    attempt: int
    external_customer_id: str
    lago_customer_id: str
    payment_provider_code: str
    integration_id: str
    provider_customer_id: str
    amount_cents: int
    currency: str
    created_at: datetime
    updated_at: datetime
    account_key: str | None = None
    status: str = "pending"
    payment_status: PayableStatus = PayableStatus.PENDING
    provider_payment_id: str | None = None
    provider_created_at: datetime | None = None
    payment_method_id: str | None = None
    method_origin: MethodOrigin | None = None
    charged: ChargedMethod | None = None
    ended_at: datetime | None = None
    failure: Failure | None = None
    next_action: dict[str, Any] | None = None
    unknown_tries: int = 0
    link: PaymentLink | None = None
    bank_transfer: BankTransfer | None = None
    remaining_amount_cents: int | None = None
    on_session: bool = False
    is_superseded: bool = field(default=False, metadata={"stored_as": "gives_way"})
    by_schedule: bool = False
    disputes: tuple[Dispute, ...] = ()
    refunds: tuple[Refund, ...] = ()
    refused_at: datetime | None = None
    key_number: int = 0

    @property
    def idempotency_key(self) -> str:
        """Under which its request is sent."""
        return f"{self.lago_id}-{self.key_number}" if self.key_number else self.lago_id

    @property
    def is_in_flight(self) -> bool:
        """Whether its outcome is still to come, as far as is known, or a refund's: an open payment link is on its way,
        too.
        """
        return self.payment_status in (PayableStatus.PENDING, PayableStatus.PROCESSING) or self.is_being_refunded

    @property
    def is_open_payment_link(self) -> bool:
        """Whether the customer may pay on its page, as far as is known."""
        return self.link is not None and self.payment_status is PayableStatus.PENDING

    @property
    def is_to_be_closed(self) -> bool:
        """Whether money may come of it although nobody counts on it: it failed, it waits for the customer, or it was
        paid and its page may still be open, because only an event has said so.
        """
        has_failed = self.payment_status is PayableStatus.FAILED and self.status != CANCELED
        return has_failed or self.is_waiting_for_customer or self.is_paid_page_left

    @property
    def is_spent(self) -> bool:
        """Whether it has failed on a page, and Stripe neither expires nor cancels it: a bank may still pay it."""
        return self.link is not None and self.link.is_spent and self.payment_status is PayableStatus.FAILED

    @property
    def is_paid_page_left(self) -> bool:
        """Whether it succeeded, and nobody has asked Stripe what has become of its page."""
        has_page = self.link is not None and self.link.session_id is not None and not self.link.is_over
        return has_page and self.payment_status is PayableStatus.SUCCEEDED

    @property
    def is_waiting_for_customer(self) -> bool:
        """Whether nothing happens until the customer acts, and it can be closed until then."""
        return self.is_open_payment_link or self.requires_action

    @property
    def requires_action(self) -> bool:
        """Whether its intent waits, and can be canceled until then: for the customer to authenticate, to
        transfer money, to pay a voucher; for a program to confirm or to capture it. One that was made on a page
        is not meant: Stripe cancels none of those.
        """
        is_open = self.payment_status is PayableStatus.PROCESSING and self.status in CANCELABLE_WHILE_OPEN
        return is_open and self.link is None

    @property
    def is_to_be_superseded(self) -> bool:
        """Whether it is closed as soon as it is looked at: another attempt was asked for, or the request broke off that
        was to confirm its intent, and nobody else will.
        """
        return self.requires_action and (self.is_superseded or self.status == REQUIRES_CONFIRMATION)

    @property
    def waits_on_page(self) -> bool:
        """Whether the customer has chosen on a page to transfer money, or to pay a voucher, and has not yet."""
        is_waiting = self.payment_status is PayableStatus.PROCESSING and self.status == REQUIRES_ACTION
        return is_waiting and self.link is not None

    @property
    def pays_with(self) -> str | None:
        """What it is charged to: the customer's balance, or a payment method's id, if that is known."""
        return CUSTOMER_BALANCE if self.bank_transfer and self.link is None else self.payment_method_id

    @property
    def dispute(self) -> Dispute | None:
        """The one that matters: the latest that is open, or the latest."""
        still_open = [dispute for dispute in self.disputes if dispute.ended_at is None]
        return next(reversed(still_open or self.disputes), None)

    @property
    def lost_at(self) -> datetime | None:
        """When the bank has taken money of it back, the last time; None if it never did."""
        return max((one.ended_at for one in self.disputes if one.is_lost and one.ended_at), default=None)

    @property
    def refunded_amount_cents(self) -> int:
        """What has gone back of it, or is to, in minor units."""
        return sum(refund.amount_cents for refund in self.refunds if refund.counts)

    @property
    def is_being_refunded(self) -> bool:
        """Whether the end of a refund is not known yet."""
        return any(refund.is_under_way for refund in self.refunds)

    def refund(self, lago_id: str) -> Refund | None:
        """One of its refunds."""
        return next((refund for refund in self.refunds if refund.lago_id == lago_id), None)


def ended_on_page(payment: Payment, outcome: Outcome) -> Payment:
    """A payment whose page nobody can pay on any more, as Stripe says of the page, with this outcome. If that is of the
    intent that the payment is known by, it says what was charged.
    """
    if payment.link is None:
        return payment
    has_failed = outcome.status is PayableStatus.FAILED
    is_spent = has_failed and (outcome.failure is None or outcome.failure.code != LINK_EXPIRED)
    is_of_intent = outcome.intent_id is not None and outcome.intent_id == payment.provider_payment_id
    charged = payment.charged or (outcome.charged if is_of_intent else None)
    return replace(payment, charged=charged, link=replace(payment.link, is_over=True, is_spent=is_spent))
