"""Get a definite answer of Stripe on a refund that is on record.

The refund's id is the idempotency key, so a repeat sends the same request. Stripe forgets a key after a
day: a refund that may have been sent before is looked for first (rule 4 of docs/architecture.md).
"""

from datetime import datetime

from paystream.errors import (
    KeyRefusedError,
    NotFoundError,
    OutcomeUnknownError,
    PaystreamError,
    PermissionMissingError,
    VersionConflictError,
)
from paystream.model.invoice import Invoice
from paystream.model.payment import Payment
from paystream.model.payment_refund import Refund
from paystream.model.received import with_sums
from paystream.model.refund import (
    RefundOutcome,
    with_refund_sent,
)
from paystream.model.surplus import automatic_refund, cut_to_surplus
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways, RefundRequest, Refunds
from paystream.steps.accounts.connected import account_of
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.attempts.read_invoice import read_invoice
from paystream.steps.attempts.read_payments import on_record
from paystream.steps.refunds.learn_refunds import learn_refunds_of
from paystream.steps.refunds.record_refund import record_refund


def send_refund(
    invoice: Invoice,
    payment: Payment,
    refund: Refund,
    *,
    is_new: bool,
    stores: Stores,
    gateways: Gateways,
    now: datetime,
) -> Invoice:
    """The updated invoice. Unless the refund `is_new`, it is looked for at Stripe first.

    Safe to repeat. Raises NotFoundError if the account is not connected any more, VersionConflictError, and what asking
    Stripe raises.
    """
    integration = account_of(payment, stores)
    with calls_stripe(integration, "refund.create", stores=stores, gateways=gateways, now=now) as gateway:
        outcome = _ask(gateway.refunds, payment, refund, is_new=is_new)
    return record_refund(invoice, payment, outcome, stores=stores, now=now) if outcome else invoice


def look_at_refunds(invoice: Invoice, *, stores: Stores, gateways: Gateways, now: datetime) -> Invoice:
    """Send, or look up, each refund of the invoice that is under way. What went through an account that is not
    connected any more waits for it. One that has no answer does not hold back the others.

    Raises the first error in the end: VersionConflictError, and what asking Stripe raises.
    """
    errors: list[PaystreamError] = []
    for payment_id, refund_id in _under_way(invoice, stores):
        # Read again each time: the invoice's version vouches only for what was read after it.
        payment = stores.payments.get(invoice.organization_id, payment_id)
        refund = payment.refund(refund_id) if payment else None
        if payment and refund and refund.is_under_way:
            try:
                invoice = _looked_at(invoice, payment, refund, stores=stores, gateways=gateways, now=now)
            except NotFoundError:
                continue
            except (KeyRefusedError, OutcomeUnknownError, VersionConflictError) as error:
                errors.append(error)
                invoice = read_invoice(stores, invoice.organization_id, invoice.lago_id)
    if errors:
        raise errors[0]
    return invoice


def _looked_at(
    invoice: Invoice, payment: Payment, refund: Refund, *, stores: Stores, gateways: Gateways, now: datetime
) -> Invoice:
    """Before a second payment goes back, what a person gave back at Stripe is learnt: no more goes back than is too
    much.
    """
    if automatic_refund(payment) == refund and refund.provider_refund_id is None:
        invoice = learn_refunds_of(invoice, payment, stores=stores, gateways=gateways, now=now)
        known = on_record(invoice, stores)
        payment = stores.payments.get(payment.organization_id, payment.lago_id) or payment
        cut = cut_to_surplus(with_sums(invoice, known), payment, known, now)
        if cut:
            invoice, payment = stores.invoices.settle(cut, ()), cut.payment
        left = payment.refund(refund.lago_id)
        if left is None or not left.is_under_way:
            return invoice
        refund = left
    is_new = refund.is_unsent
    if is_new:
        sent = with_refund_sent(invoice, payment, refund, now)
        invoice, payment = stores.invoices.settle(sent, ()), sent.payment
    return send_refund(invoice, payment, refund, is_new=is_new, stores=stores, gateways=gateways, now=now)


def _under_way(invoice: Invoice, stores: Stores) -> list[tuple[str, str]]:
    payments = (stores.payments.get(invoice.organization_id, lago_id) for lago_id in invoice.refunding_payment_ids)
    return [(one.lago_id, refund.lago_id) for one in payments if one for refund in one.refunds if refund.is_under_way]


def _ask(refunds: Refunds, payment: Payment, refund: Refund, *, is_new: bool) -> RefundOutcome | None:
    """One that may have been sent is looked for first. Where the key may not read refunds, nobody knows whether it was
    made: that is no failure.
    """
    intent_id = str(payment.provider_payment_id)
    if refund.provider_refund_id:
        return refunds.get(refund.provider_refund_id)
    try:
        made = () if is_new else refunds.of_intent(intent_id)
    except PermissionMissingError:
        text = "the key may not read refunds; connect the integration with one that may"
        raise OutcomeUnknownError(text) from None
    found = next((one for one in made if one.lago_id == refund.lago_id), None)
    return found or refunds.create(
        RefundRequest(
            key=refund.lago_id,
            intent_id=intent_id,
            amount_cents=refund.amount_cents,
            reason=refund.reason,
            metadata={
                "lago_refund_id": refund.lago_id,
                "lago_payment_id": payment.lago_id,
                "lago_invoice_id": payment.invoice_id,
                "lago_customer_id": payment.lago_customer_id,
                "lago_organization_id": payment.organization_id,
            },
        )
    )
