"""Find the payment that a payment intent collected: what Stripe says of disputes and refunds names the intent only."""

from datetime import datetime

from paystream.errors import VersionConflictError
from paystream.model.identifiers import derived_id
from paystream.model.integration import Integration
from paystream.model.intent_metadata import named_attempt
from paystream.model.invoice import Invoice
from paystream.model.payment import Payment
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.attempts.read_invoice import refuse_if_forgotten


def find_payment_by_intent(
    intent_id: str | None, *, integration: Integration, stores: Stores, gateways: Gateways, now: datetime
) -> tuple[Invoice, Payment] | None:
    """The payment and its invoice, which vouches for it: the payment was read last. None if it is not one of ours.

    The intent says whose it is, so Stripe is asked; a person may have cleared what it says, so the records are asked,
    too. Raises VersionConflictError while the payment is not on record yet:
    let Stripe repeat the event; and what asking Stripe raises.
    """
    if intent_id is None:
        return None
    with calls_stripe(integration, "payment_intent.retrieve", stores=stores, gateways=gateways, now=now) as gateway:
        intent = gateway.intent(intent_id)
    named = named_attempt(intent.metadata, integration.organization_id) if intent else None
    collected = _payment(named.payment_id if named else None, intent_id, integration, stores)
    if collected is None or not integration.leads_to(collected):
        return None
    invoice = stores.invoices.get(collected.organization_id, collected.invoice_id)
    if invoice is None:
        raise VersionConflictError("the invoice's item was replaced and is not taken in yet")
    refuse_if_forgotten(invoice, collected)
    # Read again: the invoice's version vouches only for what was read after it.
    return invoice, stores.payments.get(collected.organization_id, collected.lago_id) or collected


def _payment(named: str | None, intent_id: str, integration: Integration, stores: Stores) -> Payment | None:
    """The payment that the intent collected: a second success is a payment of its own. None if it names none, and none
    is on record.

    Raises VersionConflictError.
    """
    organization_id = integration.organization_id
    for lago_id in (named, derived_id("payment", named, intent_id)) if named else ():
        payment = stores.payments.get(organization_id, lago_id)
        if payment and payment.provider_payment_id == intent_id:
            return payment
    known = stores.payments.of_intent(organization_id, intent_id)
    if known is None and named:
        raise VersionConflictError("the payment is not on record yet")
    return known
