"""Get a definite answer of Stripe on an attempt: send it, or look it up where sending might charge again.

Stripe forgets an idempotency key after 24 hours, and knows it in one account only. So an attempt is looked up before
anything is sent if it may have been sent more than 23 hours ago, or to another customer at Stripe than today's
(rule 4 of docs/architecture.md).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain, zip_longest

from paystream.errors import OutcomeUnknownError, ParametersChangedError, TooEarlyError, VersionConflictError
from paystream.model.attempts import is_looked_up_first, started_at
from paystream.model.card_details import card_details
from paystream.model.case import Payer
from paystream.model.customer import MOST_FORMER_LINKS, FormerLink
from paystream.model.intent_metadata import intent_metadata
from paystream.model.invoice import Invoice
from paystream.model.moves import postpone
from paystream.model.outcome import Outcome
from paystream.model.pauses import CREATE_INTENT
from paystream.model.payment import Payment
from paystream.model.payment_method_types import CUSTOMER_BALANCE
from paystream.model.schedule import LONGEST_REQUEST, look_again_at
from paystream.model.settlement import Settlement
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways, PaymentGateway, PaymentRequest
from paystream.steps.accounts.connected import integration_of
from paystream.steps.accounts.mark_refusal import note_taken
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.accounts.suspect import is_suspect, suspect
from paystream.steps.look_ups.former_customers import links_of_former_customers


def send_attempt(
    invoice: Invoice,
    payment: Payment,
    payer: Payer,
    *,
    stores: Stores,
    gateways: Gateways,
    now: datetime,
) -> tuple[Payment, Outcome]:
    """The outcome of the attempt, and the payment as Stripe has it.

    It may have been sent to a link that ended before, even if it is on record by now: what was in progress there was
    not found then. Raises OutcomeUnknownError after counting the try on the payment, TooEarlyError, which is no try,
    NeedsAttentionError if an integration is paused, KeyRefusedError if it was connected again just now.
    """
    began_at, request = started_at(invoice, payment), _payment_request(invoice, payment, payer)
    elsewhere = _look_up_elsewhere(invoice, payment, payer, stores=stores, gateways=gateways, now=now)
    if elsewhere:
        return elsewhere
    try:
        with calls_stripe(
            payer.integration,
            CREATE_INTENT,
            types=request.payment_method_types,
            stores=stores,
            gateways=gateways,
            now=now,
        ) as gateway:
            if is_looked_up_first(invoice, payment, now):
                found = _look_up(payment, gateway, began_at)
                if found:
                    return payment, found
            return payment, _send(request, payment, payer, gateway, began_at=began_at, stores=stores)
    except TooEarlyError:
        raise
    except OutcomeUnknownError:
        _record_unknown(invoice, payment, stores, now)
        raise


def send_with_another_method(
    invoice: Invoice, payment: Payment, payer: Payer, *, stores: Stores, gateways: Gateways, now: datetime
) -> Outcome | None:
    """What becomes of an attempt that Stripe has refused, sent again under its key to charge another method; None if
    Stripe keeps the refusal under the key, and no intent. Raises as `send_attempt` does, but counts no try.
    """
    began_at, request = started_at(invoice, payment), _payment_request(invoice, payment, payer)
    with calls_stripe(
        payer.integration,
        CREATE_INTENT,
        types=request.payment_method_types,
        stores=stores,
        gateways=gateways,
        now=now,
    ) as gateway:
        try:
            return gateway.collect(request)
        except ParametersChangedError:
            return _look_up(payment, gateway, began_at)


def look_up(
    invoice: Invoice, payment: Payment, payer: Payer, *, stores: Stores, gateways: Gateways, now: datetime
) -> tuple[Payment, Outcome] | None:
    """What became of an attempt that may have been sent, wherever that was; None if nothing was found.

    Raises as `send_attempt` does, but counts no try.
    """
    began_at = started_at(invoice, payment)
    elsewhere = _look_up_elsewhere(invoice, payment, payer, stores=stores, gateways=gateways, now=now)
    if elsewhere:
        return elsewhere
    with calls_stripe(payer.integration, "payment_intent.list", stores=stores, gateways=gateways, now=now) as gateway:
        found = _look_up(payment, gateway, began_at)
    return (payment, found) if found else None


def _look_up_elsewhere(
    invoice: Invoice, payment: Payment, payer: Payer, *, stores: Stores, gateways: Gateways, now: datetime
) -> tuple[Payment, Outcome] | None:
    """What a crash kept from being written: the attempt as it was sent while the customer was linked otherwise, or for
    the customer of an item that this one replaced.

    Two accounts share no idempotency key: a request that is still in progress in the other one must come to its end
    first. Raises TooEarlyError until then, OutcomeUnknownError if it may have been sent to an account that is not
    connected any more: nobody can say.
    """
    began_at = started_at(invoice, payment)
    own = ((payer.customer, link) for link in _former_links(payment, payer, began_at))
    of_others = links_of_former_customers(invoice, stores) if payment.attempt == 1 else ()
    for customer, link in chain(own, of_others):
        integration = integration_of(payment.organization_id, link, stores)
        if integration is None:
            raise OutcomeUnknownError(f"account {link.payment_provider_code} of before is not connected; connect it")
        linked = replace(
            payment,
            payment_provider_code=link.payment_provider_code,
            integration_id=link.integration_id,
            account_key=integration.account_key,
            provider_customer_id=link.provider_customer_id,
            external_customer_id=customer.external_id,
            lago_customer_id=customer.lago_id,
        )
        with calls_stripe(integration, "payment_intent.list", stores=stores, gateways=gateways, now=now) as gateway:
            found = _look_up(linked, gateway, began_at)
        if found:
            return linked, found
        ends_at = link.until + LONGEST_REQUEST
        if not payer.integration.leads_to(link) and now < ends_at:
            raise TooEarlyError(ends_at, (ends_at - now).total_seconds(), "a request may be in progress elsewhere")
    links = payer.customer.former_links
    if len(links) >= MOST_FORMER_LINKS and links[-1].until >= began_at:
        raise OutcomeUnknownError(
            "the customer was linked so often that some former links are forgotten; look at Stripe"
        )
    return None


def _former_links(payment: Payment, payer: Payer, began_at: datetime) -> Iterator[FormerLink]:
    """Where else the attempt may have been sent: an attempt on record stays where it is, whatever comes after that.

    Not a link to the same customer under another code of the same account: there the key is known.
    """
    links = payer.customer.former_links
    for link, older in zip_longest(links, links[1:]):
        began_before_the_payment = older is None or older.until < payment.created_at
        ended_before_the_attempt = link.until + LONGEST_REQUEST < began_at
        is_same_customer = link.provider_customer_id == payment.provider_customer_id
        is_elsewhere = not (is_same_customer and payer.integration.leads_to(link))
        if is_elsewhere and began_before_the_payment and not ended_before_the_attempt:
            yield link


def _send(
    request: PaymentRequest,
    payment: Payment,
    payer: Payer,
    gateway: PaymentGateway,
    *,
    began_at: datetime,
    stores: Stores,
) -> Outcome:
    """Other parameters under the same key say that an earlier request exists. One that is not this customer's is of the
    customer of an item that this one replaced: it is found when the attempt is looked up the next time. Raises
    ChargeRefusedError if a refusal is the operator's.
    """
    try:
        outcome = gateway.collect(request)
    except ParametersChangedError:
        found = _look_up(payment, gateway, began_at)
        if found:
            return found
        raise
    if outcome.failure and is_suspect(outcome):
        suspect(payer.integration, payment, outcome.failure, is_replayed=outcome.is_replayed, stores=stores)
    elif outcome.intent_id:
        types, was_refused = request.payment_method_types, payment.key_number > 0
        note_taken(payer.integration, CREATE_INTENT, types=types, was_refused=was_refused, stores=stores)
    return outcome


def _look_up(payment: Payment, gateway: PaymentGateway, began_at: datetime) -> Outcome | None:
    return gateway.find_payment(
        payment_id=payment.lago_id, provider_customer_id=payment.provider_customer_id, since=began_at
    )


def _payment_request(invoice: Invoice, payment: Payment, payer: Payer) -> PaymentRequest:
    types = (CUSTOMER_BALANCE,) if payment.bank_transfer else payer.customer.charged_types
    return PaymentRequest(
        key=payment.idempotency_key,
        amount_cents=payment.amount_cents,
        currency=payment.currency,
        provider_customer_id=payment.provider_customer_id,
        payment_method_id=payment.payment_method_id,
        payment_method_types=types,
        bank_transfer=payment.bank_transfer,
        on_session=payment.on_session,
        card_details=card_details(invoice, payment.amount_cents),
        description=f"{payer.integration.name} - Invoice {invoice.number}",
        metadata=intent_metadata(invoice, payment),
        return_url=payer.integration.return_url,
    )


def _record_unknown(invoice: Invoice, payment: Payment, stores: Stores, now: datetime) -> None:
    """Keep the attempt visible and due, and among those that wait, so that a repeated request finds it again.

    If someone else wrote meanwhile, they know more than we do.
    """
    tried = replace(payment, unknown_tries=payment.unknown_tries + 1, updated_at=now)
    attempted = replace(invoice, attempt=max(invoice.attempt, payment.attempt))
    due = postpone(attempted, look_again_at(invoice, now), now=now)
    try:
        stores.invoices.settle(Settlement(due, tried, ()), ())
    except VersionConflictError:
        return
