"""Learn what Stripe has of refunds: one that a person made there is known by its event only, which may be lost."""

from contextlib import suppress
from datetime import datetime

from paystream.errors import NotFoundError, PermissionMissingError
from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.connected import account_of
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.refunds.record_refund import record_refund


def learn_refunds(
    invoice: Invoice, payment: Payment, *, stores: Stores, gateways: Gateways, now: datetime
) -> tuple[Invoice, Payment]:
    """The invoice and the payment, with all refunds of it that Stripe has; those that are news are recorded and
    notified.

    One list. The payment was read after its invoice. Where the key may not read refunds, what is known stays. Raises
    NotFoundError if the account is not connected any more, VersionConflictError, and what asking Stripe raises.
    """
    integration = account_of(payment, stores)
    with calls_stripe(integration, "refund.list", stores=stores, gateways=gateways, now=now) as gateway:
        try:
            found = gateway.refunds.of_intent(str(payment.provider_payment_id))
        except PermissionMissingError:
            return invoice, payment
    for outcome in reversed(found):
        recorded = record_refund(invoice, payment, outcome, stores=stores, now=now)
        if recorded is not invoice:
            payment = stores.payments.get(payment.organization_id, payment.lago_id) or payment
        invoice = recorded
    return invoice, payment


def learn_refunds_of(
    invoice: Invoice, payment: Payment, *, stores: Stores, gateways: Gateways, now: datetime
) -> Invoice:
    """The same for this payment of an invoice, for those of its attempts, and for those of which a refund is under way.
    One whose account is not connected any more is left out.
    """
    organization_id = invoice.organization_id
    attempts = [payment_id(organization_id, invoice.lago_id, attempt) for attempt in range(1, invoice.attempt + 1)]
    for lago_id in dict.fromkeys([payment.lago_id, *attempts, *invoice.refunding_payment_ids]):
        # Read again each time: the invoice's version vouches only for what was read after it.
        paid = stores.payments.get(organization_id, lago_id)
        if paid and paid.payment_status is PayableStatus.SUCCEEDED:
            with suppress(NotFoundError):
                invoice, _ = learn_refunds(invoice, paid, stores=stores, gateways=gateways, now=now)
    return invoice
