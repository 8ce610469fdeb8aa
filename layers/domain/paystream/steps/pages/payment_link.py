"""A payment link at Stripe: made, looked at, closed. It is an attempt like any other (rule 9 of docs/architecture.md).

It is on record before it is made, under its payment's id, which is the idempotency key. While its page is open nothing
is charged. What fails there is inconclusive: only the page's end is the attempt's.
"""

from dataclasses import replace
from datetime import datetime

from paystream.errors import (
    NeedsAttentionError,
    OutcomeUnknownError,
    ParametersChangedError,
    ProviderRefusedError,
    TooEarlyError,
)
from paystream.lago.invoice_notifications import settlement_notifications
from paystream.model.attempts import KEY_IS_SAFE_FOR, missing_country
from paystream.model.case import Payer
from paystream.model.customer import Customer
from paystream.model.intent_metadata import intent_metadata
from paystream.model.invoice import Invoice
from paystream.model.moves import move, postpone
from paystream.model.notification import WebhookType
from paystream.model.outcome import CANCELED, Failure, Outcome, PayableStatus, expired_link
from paystream.model.pauses import CREATE_PAGE
from paystream.model.payment import Payment, PaymentLink, ended_on_page
from paystream.model.schedule import LONGEST_REQUEST, look_at_page_again_at, look_at_refused_again_at
from paystream.model.settlement import Settlement
from paystream.model.standing import Stage, WaitingFor
from paystream.ports.stores import Stores
from paystream.ports.stripe import CheckoutSession, Gateways, PaymentGateway, PaymentLinkRequest
from paystream.steps.accounts.connected import integration_for_new
from paystream.steps.accounts.mark_refusal import note_taken
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.attempts.record_outcome import record_outcome


def make_page(
    invoice: Invoice,
    payment: Payment,
    payer: Payer,
    *,
    is_new: bool,
    stores: Stores,
    gateways: Gateways,
    now: datetime,
) -> Invoice:
    """Make the page of a payment link that is on record. It is looked for first, unless it `is_new`; what has become of
    it by then is recorded. One that Stripe has refused for the operator's reason is made however long that took.

    Safe to repeat. Where the page of one that follows a failure is written down, it is notified, and so is one that was
    refused when it was asked for. Raises VersionConflictError, and what asking Stripe raises.
    """
    if payment.refused_at:
        outwait(payment, now)
    types = payer.customer.provider_payment_methods
    try:
        with calls_stripe(
            payer.integration, CREATE_PAGE, types=types, stores=stores, gateways=gateways, now=now
        ) as gateway:
            found = None if is_new else _find(payment, gateway)
            if found is None and payment.refused_at is None and now - payment.created_at > KEY_IS_SAFE_FOR:
                found = expired_link()
            found = found or _make(invoice, payment, payer, gateway, stores)
    except NeedsAttentionError as paused:
        if paused.was_refused:
            _keep_refused(invoice, payment, stores=stores, now=now)
        raise
    return _record(invoice, payment, found, payer, stores=stores, now=now)


def _keep_refused(invoice: Invoice, payment: Payment, *, stores: Stores, now: datetime) -> None:
    """Stripe keeps the refusal under its key: the page is made under the next one. Raises VersionConflictError."""
    refused = replace(payment, refused_at=now, key_number=payment.key_number + 1, updated_at=now)
    due_at = min(invoice.due_at or now, look_at_refused_again_at(invoice, now))
    stores.invoices.settle(Settlement(postpone(invoice, due_at, now=now), refused, ()), ())


def look_at_page(
    invoice: Invoice, payment: Payment, payer: Payer, *, stores: Stores, gateways: Gateways, now: datetime
) -> Invoice:
    """What has become of an open payment link: recorded if it has ended. One that is superseded is expired. One whose
    page was never made has ended, too: nobody asks for it any more. If nobody did, because it follows a failure, or if
    Stripe has refused it for the operator's reason, it is made.

    Safe to repeat. Raises TooEarlyError while its page may be about to be made, VersionConflictError, and what asking
    Stripe raises.
    """
    link = payment.link or PaymentLink()
    is_superseded = payment.is_superseded or _has_another_method(invoice, link, payer.customer, stores)
    is_wished_for = link.follows_failure or payment.refused_at is not None
    if link.session_id is None and is_wished_for and not is_superseded:
        return make_page(invoice, payment, payer, is_new=False, stores=stores, gateways=gateways, now=now)
    with calls_stripe(
        payer.integration, "checkout.session.retrieve", stores=stores, gateways=gateways, now=now
    ) as gateway:
        if link.session_id is None:
            outwait(payment, now)
        found = close_page(payment, gateway) if is_superseded else _find(payment, gateway)
    return _record(invoice, payment, found or expired_link(), payer, stores=stores, now=now)


def _has_another_method(invoice: Invoice, link: PaymentLink, customer: Customer, stores: Stores) -> bool:
    """Whether the customer has saved a method meanwhile that can be charged: nobody asked for the page to stay."""
    is_another = link.follows_failure and invoice.is_to_be_collected_from(customer)
    return is_another and integration_for_new(customer, stores) is not None


def close_page(payment: Payment, gateway: PaymentGateway) -> Outcome:
    """Expire the page; what became of it. Money that is on its way stays there.

    A page on which a payment has failed for good is closed with that: nobody can pay there, and Stripe cancels no
    intent of a page. A charge without a page is canceled. Raises OutcomeUnknownError if the page stays open. Source:
    https://docs.stripe.com/api/payment_intents/cancel
    """
    session = _session(payment, gateway)
    if session is None:
        charged = _charged(payment, gateway)
        if charged and charged.status is PayableStatus.FAILED and charged.intent_id:
            charged = gateway.cancel_payment(charged.intent_id)
        return charged or expired_link()
    if session.outcome is None:
        session = gateway.checkout.expire_link(session.id) or session
    if session.outcome is None:
        raise OutcomeUnknownError("the page is still open; look at it in Stripe's dashboard")
    has_failed = session.outcome.status is PayableStatus.FAILED
    return replace(session.outcome, intent_status=CANCELED) if has_failed else session.outcome


def outwait(payment: Payment, now: datetime) -> None:
    """Raises TooEarlyError while a function may be at work under the payment's key."""
    quiet_at = payment.updated_at + LONGEST_REQUEST
    if now < quiet_at:
        seconds = (quiet_at - now).total_seconds()
        raise TooEarlyError(quiet_at, seconds, "a function may still be at work on the attempt before")


def _record(
    invoice: Invoice,
    payment: Payment,
    found: CheckoutSession | Outcome,
    payer: Payer,
    *,
    stores: Stores,
    now: datetime,
) -> Invoice:
    if isinstance(found, CheckoutSession) and found.outcome is None:
        return _keep(invoice, payment, found, payer, stores=stores, now=now)
    outcome = found if isinstance(found, Outcome) else found.outcome or expired_link()
    return record_outcome(
        invoice, ended_on_page(payment, outcome), outcome, customer=payer.customer, stores=stores, now=now
    )


def _find(payment: Payment, gateway: PaymentGateway) -> CheckoutSession | Outcome | None:
    return _session(payment, gateway) or _charged(payment, gateway)


def _session(payment: Payment, gateway: PaymentGateway) -> CheckoutSession | None:
    if payment.link and payment.link.session_id:
        return gateway.checkout.link(payment.link.session_id)
    return gateway.checkout.find_link(
        payment_id=payment.lago_id,
        provider_customer_id=payment.provider_customer_id,
        since=payment.created_at - LONGEST_REQUEST,
    )


def _charged(payment: Payment, gateway: PaymentGateway) -> Outcome | None:
    """A charge that was under way when the payment link began, under the same key: then no page was made."""
    if payment.link and payment.link.session_id:
        return None
    return gateway.find_payment(
        payment_id=payment.lago_id,
        provider_customer_id=payment.provider_customer_id,
        since=payment.created_at - KEY_IS_SAFE_FOR,
    )


def _make(
    invoice: Invoice, payment: Payment, payer: Payer, gateway: PaymentGateway, stores: Stores
) -> CheckoutSession | Outcome:
    """A refusal is an outcome: Stripe has said that there is no page. Other parameters under the same key say that an
    earlier request exists.
    """
    if payment.bank_transfer and payment.bank_transfer.lacks_country:
        return missing_country()
    try:
        made = gateway.checkout.create_link(_request(invoice, payment, payer))
    except ParametersChangedError:
        found = _find(payment, gateway)
        if found:
            return found
        raise
    except ProviderRefusedError as refused:
        failure = Failure(code=refused.code or "invalid_request_error", message=str(refused))
        return Outcome(status=PayableStatus.FAILED, intent_status="failed", failure=failure)
    types, was_refused = payer.customer.provider_payment_methods, payment.refused_at is not None
    note_taken(payer.integration, CREATE_PAGE, types=types, was_refused=was_refused, stores=stores)
    return made


def _request(invoice: Invoice, payment: Payment, payer: Payer) -> PaymentLinkRequest:
    """As in Lago, nothing is saved of a customer in India: a later charge would need a mandate of its own."""
    return PaymentLinkRequest(
        key=payment.idempotency_key,
        amount_cents=payment.amount_cents,
        currency=payment.currency,
        provider_customer_id=payment.provider_customer_id,
        payment_method_types=payer.customer.provider_payment_methods,
        item_name=invoice.number,
        description=f"{payer.integration.name} - Invoice {invoice.number}",
        metadata=intent_metadata(invoice, payment),
        success_url=_return_url(payer),
        saves_method=all(one.can_be_saved for one in payer.customer.payment_method_types) and not payment.on_session,
        bank_transfer=payment.bank_transfer,
    )


def _return_url(payer: Payer) -> str:
    return payer.integration.return_url


def _keep(
    invoice: Invoice, payment: Payment, session: CheckoutSession, payer: Payer, *, stores: Stores, now: datetime
) -> Invoice:
    """The page is on record, and notified in the same transaction if nobody asked for it; the invoice is due again.
    Raises VersionConflictError.
    """
    before = payment.link or PaymentLink()
    link = replace(
        before,
        session_id=session.id,
        url=session.url,
        return_url=before.return_url or _return_url(payer),
        expires_at=session.expires_at,
    )
    is_waiting = link.follows_failure and bool(invoice.declined_payment_method_ids)
    attempted = replace(
        invoice,
        attempt=max(invoice.attempt, payment.attempt),
        attempt_started_at=invoice.attempt_started_at or payment.created_at,
        page_open_until=session.expires_at,
    )
    open_ = move(
        attempted,
        Stage.PAGE_OPEN,
        waiting_for=WaitingFor.ANOTHER_PAYMENT_METHOD if is_waiting else None,
        next_retry_at=invoice.next_retry_at,
        planned_payment_method_id=invoice.standing.planned_payment_method_id,
        due_at=look_at_page_again_at(invoice, session.expires_at, now),
        now=now,
    )
    kept = payment if link == before else replace(payment, link=link, refused_at=None, updated_at=now)
    is_notified = before.url is None and (link.follows_failure or payment.refused_at is not None)
    settlement = Settlement(open_, kept, (WebhookType.PAYMENT_REQUIRES_ACTION,) if is_notified else ())
    return stores.invoices.settle(settlement, settlement_notifications(settlement, payer.customer, now))
