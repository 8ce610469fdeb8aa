"""Collect an invoice once more, because a request asks for it."""

from dataclasses import replace
from datetime import datetime, timedelta

from paystream.errors import NotAllowedError
from paystream.lago.invoice_notifications import collection_refused
from paystream.model.case import payer_of_new
from paystream.model.invoice import Invoice
from paystream.model.moves import move, postpone
from paystream.model.payment import Payment
from paystream.model.payment_method import MethodChoice
from paystream.model.rules.beginning import CANNOT_PAY
from paystream.model.schedule import DueInvoice
from paystream.model.settlement import Settlement
from paystream.model.standing import InvoiceStatus, PaymentStatus, Stage, WaitingFor
from paystream.ports.messages import DueQueue
from paystream.ports.stores import Stores
from paystream.steps.accounts.connected import integration_for_new
from paystream.steps.attempts.read_invoice import read_invoice
from paystream.steps.attempts.read_payments import last_payment
from paystream.use_cases.invoices.being_collected import refuse_if_being_collected

_CAN_BE_CHOSEN_FOR = (WaitingFor.REQUEST, WaitingFor.CHOSEN_PAYMENT_METHOD)

_A_MOMENT = timedelta(microseconds=1)
"""A message counts if it was sent later than its invoice was written."""


def retry_payment(
    organization_id: str,
    lago_id: str,
    *,
    choice: MethodChoice | None = None,
    stores: Stores,
    queue: DueQueue,
    now: datetime,
) -> Invoice:
    """Have a failed invoice collected by a new attempt, or one whose attempt waits for the customer, or one that waits
    for this request; and one that waits for something else looked at now.

    What has to be done at Stripe is done by who looks at what is due: at once, or by the next run of the schedule if
    the message is lost. `choice` says which method is charged this time, instead of the default; an invoice that waits
    has no attempt to choose it for. With a manual one nothing is charged, as in Lago. Where nobody can pay, that is
    notified instead (`invoice.payment_failure`). Raises NotFoundError, NotAllowedError if it is paid, voided, parked,
    self-billed or being collected, VersionConflictError.
    """
    invoice = read_invoice(stores, organization_id, lago_id)
    _refuse_if_settled(invoice)
    payment = last_payment(invoice, stores)
    refuse_if_being_collected(invoice, payment, stores, now)
    choice = choice or MethodChoice(payment_method_id=invoice.own_payment_method_id)
    if payment is None and choice.payment_method_id and invoice.waiting_for not in _CAN_BE_CHOSEN_FOR:
        raise NotAllowedError("invalid_status")
    if choice.is_manual:
        return invoice
    missing = _missing(invoice, stores, needs_method=choice.payment_method_id is None)
    if missing is WaitingFor.NOTHING:
        raise NotAllowedError("invalid_status")
    if missing and not _is_waiting(invoice, payment):
        stores.notifications.add(collection_refused(invoice, CANNOT_PAY[missing], now))
        return invoice
    due = _due_now(replace(invoice, chosen_payment_method_id=choice.payment_method_id), payment, stores, now)
    queue.hand_out([DueInvoice(organization_id, lago_id, now.isoformat())], now + _A_MOMENT)
    return due


def _refuse_if_settled(invoice: Invoice) -> None:
    is_owed = invoice.status is InvoiceStatus.FINALIZED and invoice.problem is None and not invoice.self_billed
    if not is_owed or invoice.payment_status is PaymentStatus.SUCCEEDED:
        raise NotAllowedError("invalid_status")


def _is_waiting(invoice: Invoice, payment: Payment | None) -> bool:
    """Whether it is looked at anyway when what it lacks comes."""
    return invoice.is_open and payment is None and invoice.waiting_for is not WaitingFor.REQUEST


def _missing(invoice: Invoice, stores: Stores, *, needs_method: bool) -> WaitingFor | None:
    """What a new attempt lacks."""
    customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
    account = integration_for_new(customer, stores) if customer else None
    payer = payer_of_new(customer, account, needs_method=needs_method)
    return payer if isinstance(payer, WaitingFor) else None


def _due_now(invoice: Invoice, payment: Payment | None, stores: Stores, now: datetime) -> Invoice:
    """What waits for the customer is superseded: it is closed before anything is charged."""
    due = postpone(invoice, now, now=now)
    if invoice.waiting_for is WaitingFor.REQUEST:
        return stores.invoices.save(move(_never_sent_before(invoice, now), Stage.IN_FLIGHT, due_at=now, now=now))
    if invoice.payment_status is PaymentStatus.FAILED:
        due = move(
            invoice, Stage.RETRY_PLANNED, due_at=now, next_retry_at=now, waiting_for=invoice.waiting_for, now=now
        )
    if payment is None or not payment.is_waiting_for_customer:
        return stores.invoices.save(due)
    superseded = replace(payment, is_superseded=True, updated_at=now)
    return stores.invoices.settle(Settlement(due, superseded, ()), ())


def _never_sent_before(invoice: Invoice, now: datetime) -> Invoice:
    """The first attempt of what only waited for this request begins now, unless its item has replaced another one."""
    return invoice if invoice.has_replaced_another else replace(invoice, attempt_started_at=now)
