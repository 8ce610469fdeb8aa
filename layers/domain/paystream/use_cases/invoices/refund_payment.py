"""Give money of a payment back, because a request asks for it."""

import contextlib
from dataclasses import dataclass
from datetime import datetime

from paystream.errors import (
    ConflictError,
    InvalidInputError,
    KeyRefusedError,
    NotAllowedError,
    NotFoundError,
    OutcomeUnknownError,
    VersionConflictError,
)
from paystream.model.currency import smallest_step
from paystream.model.identifiers import requested_refund_id
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.manual_payment import ManualPayment
from paystream.model.payment import Payment
from paystream.model.payment_refund import Refund, RefundStatus
from paystream.model.refund import begin_refund, is_refundable
from paystream.model.schedule import AWAITED_IS_LOOKED_AT_AFTER
from paystream.model.settlement import Settlement
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.connected import account_of
from paystream.steps.accounts.refused_key import refuse_if_paused
from paystream.steps.attempts.read_invoice import read_invoice, refuse_if_forgotten
from paystream.steps.refunds.learn_refunds import learn_refunds
from paystream.steps.refunds.send_refund import send_refund

_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """A checked request; `amount_cents` in minor units of the payment's currency, None: all that is left. `reason` is
    Stripe's code.
    """

    payment_id: str
    amount_cents: int | None
    reason: str | None


def refund_payment(
    order: RefundOrder,
    *,
    organization_id: str,
    idempotency_key: str | None,
    stores: Stores,
    gateways: Gateways,
    new_id: str,
    now: datetime,
) -> tuple[Payment, Refund]:
    """The payment and the refund; under the same `Idempotency-Key` the first one is answered with again.

    What a person gave back at Stripe is learnt first, if Stripe answers; if not, Stripe refuses more than is left. The
    refund is on record before it is sent. One whose outcome is not known is `pending`, and looked at again
    automatically. Raises NotFoundError if there is no such payment or its account is not connected, NotAllowedError if
    it cannot be refunded, InvalidInputError for more than is left, ConflictError if the key was used for another
    refund, of this payment or of another, NeedsAttentionError while the account is paused, VersionConflictError.
    """
    lago_id = requested_refund_id(organization_id, order.payment_id, idempotency_key) if idempotency_key else new_id
    for _ in range(_TRIES):
        with contextlib.suppress(VersionConflictError):
            invoice, payment = _read(organization_id, order.payment_id, stores)
            known = payment.refund(lago_id)
            if known is None:
                _checked(order, payment, lago_id, now)
                _refuse_if_nothing_begins(account_of(payment, stores), now)
                with contextlib.suppress(KeyRefusedError, NotFoundError, OutcomeUnknownError):
                    invoice, payment = learn_refunds(invoice, payment, stores=stores, gateways=gateways, now=now)
                # The same request may have made it meanwhile, and Stripe's list tells of it.
                known = payment.refund(lago_id)
            if known:
                _refuse_another(known, order)
                refund = known
            else:
                refund = _checked(order, payment, lago_id, now)
                begun = begin_refund(invoice, payment, refund, due_at=now + AWAITED_IS_LOOKED_AT_AFTER, now=now)
                invoice, payment = _written(begun, idempotency_key, stores), begun.payment
            return _sent(invoice, payment, refund, is_new=known is None, stores=stores, gateways=gateways, now=now)
    raise VersionConflictError("the payment keeps changing")


def _read(organization_id: str, payment_id: str, stores: Stores) -> tuple[Invoice, Payment]:
    """The payment is read once more after its invoice, whose version vouches for it. Raises NotFoundError,
    NotAllowedError, VersionConflictError.
    """
    found = stores.payments.find(organization_id, payment_id)
    if found is None:
        raise NotFoundError("payment")
    if isinstance(found, ManualPayment):
        raise NotAllowedError("payment_not_refundable")
    invoice = read_invoice(stores, organization_id, found.invoice_id)
    refuse_if_forgotten(invoice, found)
    return invoice, stores.payments.get(organization_id, payment_id) or found


def _checked(order: RefundOrder, payment: Payment, lago_id: str, now: datetime) -> Refund:
    left = payment.amount_cents - payment.refunded_amount_cents
    if not is_refundable(payment) or left <= 0:
        raise NotAllowedError("payment_not_refundable")
    amount = left if order.amount_cents is None else order.amount_cents
    if amount > left:
        raise InvalidInputError({"amount_cents": ["value_is_out_of_range"]})
    if amount % smallest_step(payment.currency):
        raise InvalidInputError({"amount_cents": ["amount_not_in_steps"]})
    return Refund(
        lago_id=lago_id,
        amount_cents=amount,
        status=RefundStatus.PENDING,
        reason=order.reason,
        created_at=now,
        updated_at=now,
    )


def _written(begun: Settlement, idempotency_key: str | None, stores: Stores) -> Invoice:
    """From then on the key is this payment's. Raises ConflictError if it is another's, VersionConflictError."""
    if idempotency_key:
        return stores.invoices.settle_under_key(begun, idempotency_key)
    return stores.invoices.settle(begun, ())


def _refuse_if_nothing_begins(integration: Integration, now: datetime) -> None:
    """Raises NotFoundError if the account is disconnecting, NeedsAttentionError if it is paused."""
    if integration.disconnecting_since:
        raise NotFoundError("payment_provider")
    refuse_if_paused(integration, "refund.create", now=now)


def _refuse_another(known: Refund, order: RefundOrder) -> None:
    """Raises ConflictError."""
    if order.amount_cents not in (None, known.amount_cents) or order.reason != known.reason:
        raise ConflictError("idempotency_key_reused", "this Idempotency-Key was used for another refund")


def _sent(
    invoice: Invoice,
    payment: Payment,
    refund: Refund,
    *,
    is_new: bool,
    stores: Stores,
    gateways: Gateways,
    now: datetime,
) -> tuple[Payment, Refund]:
    """The updated refund. It is on record and comes up again: what Stripe does not answer now, it will."""
    if refund.is_under_way:
        with contextlib.suppress(KeyRefusedError, NotFoundError, OutcomeUnknownError, VersionConflictError):
            send_refund(invoice, payment, refund, is_new=is_new, stores=stores, gateways=gateways, now=now)
    seen = stores.payments.get(payment.organization_id, payment.lago_id) or payment
    return seen, seen.refund(refund.lago_id) or refund
