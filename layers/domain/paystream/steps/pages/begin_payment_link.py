"""Put a payment link on record, as the next attempt: its page is made after that."""

from dataclasses import replace
from datetime import datetime

from paystream.lago.invoice_notifications import settlement_notifications
from paystream.model.attempts import new_payment
from paystream.model.case import Payer
from paystream.model.invoice import Invoice
from paystream.model.moves import move
from paystream.model.notification import WebhookType
from paystream.model.payment import Payment, PaymentLink
from paystream.model.schedule import look_again_at
from paystream.model.settlement import Settlement
from paystream.model.standing import Stage, WaitingFor
from paystream.ports.stores import Stores


def begin_payment_link(
    invoice: Invoice,
    payer: Payer,
    *,
    is_first: bool = False,
    follows_failure: bool = False,
    closed: Payment | None = None,
    stores: Stores,
    now: datetime,
) -> tuple[Invoice, Payment]:
    """The invoice, which is open again, and the payment link. The attempt before is closed.

    While a page is open that follows a failure automatically, the invoice goes on waiting for another payment method.
    Raises VersionConflictError.
    """
    begun = replace(
        invoice,
        attempt=invoice.attempt + 1,
        attempt_started_at=invoice.attempt_started_at or now if is_first else now,
    )
    payment = replace(
        new_payment(begun, payer, begun.attempt, now),
        payment_method_id=None,
        link=PaymentLink(follows_failure=follows_failure),
    )
    begun = move(
        begun,
        Stage.PAGE_DUE,
        waiting_for=WaitingFor.ANOTHER_PAYMENT_METHOD if follows_failure else None,
        next_retry_at=invoice.next_retry_at,
        planned_payment_method_id=invoice.standing.planned_payment_method_id,
        due_at=look_again_at(begun, now),
        now=now,
    )
    is_changed = begun.payment_status is not invoice.payment_status
    settlement = Settlement(
        begun,
        payment,
        (WebhookType.INVOICE_PAYMENT_STATUS_UPDATED,) if is_changed else (),
        closed,
        begins=True,
    )
    notifications = settlement_notifications(settlement, payer.customer, now)
    return stores.invoices.settle(settlement, notifications, payer=payer), payment
