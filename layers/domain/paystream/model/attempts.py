"""An attempt to collect an invoice: the payment that it begins with, and what may be sent for it."""

from datetime import datetime, timedelta

from paystream.model.bank_transfer import bank_transfer_of
from paystream.model.card_declines import CardDeclines
from paystream.model.case import Case, Payer
from paystream.model.currency import minimum_amount
from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice
from paystream.model.outcome import NOT_AGREED, Failure, Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.schedule import LONGEST_REQUEST

KEY_IS_SAFE_FOR = timedelta(hours=23)
"""Stripe keeps a key for at least 24 hours: https://docs.stripe.com/api/idempotent_requests. No function runs for 1."""

LOOK_UP_AFTER_TRIES = 3
"""A saved 500 replays under its key for as long as the key lives, so sending again would never learn more."""


def new_payment(invoice: Invoice, payer: Payer, attempt: int, now: datetime) -> Payment:
    """The payment of an attempt that is not on record yet."""
    customer, integration = payer.customer, payer.integration
    return Payment(
        organization_id=invoice.organization_id,
        lago_id=payment_id(invoice.organization_id, invoice.lago_id, attempt),
        invoice_id=invoice.lago_id,
        invoice_number=invoice.number,
        attempt=attempt,
        external_customer_id=customer.external_id,
        lago_customer_id=customer.lago_id,
        payment_provider_code=integration.code,
        integration_id=integration.lago_id,
        account_key=integration.account_key,
        provider_customer_id=str(customer.provider_customer_id),
        amount_cents=invoice.total_due_amount_cents,
        currency=invoice.currency,
        payment_method_id=None if customer.pays_by_bank_transfer else customer.payment_method_id,
        bank_transfer=bank_transfer_of(customer, invoice.currency),
        on_session=customer.requires_on_session,
        created_at=now,
        updated_at=now,
    )


def started_at(invoice: Invoice, attempt: Payment) -> datetime:
    """The earliest time at which the attempt can have been sent: look-ups begin there."""
    return min(invoice.attempt_started_at or invoice.created_at, attempt.created_at)


def is_looked_up_first(invoice: Invoice, attempt: Payment, now: datetime) -> bool:
    """Whether sending the attempt again might charge again, or would never learn more (rules 4 and 5)."""
    return now - started_at(invoice, attempt) > KEY_IS_SAFE_FOR or attempt.unknown_tries >= LOOK_UP_AFTER_TRIES


def sent_until(case: Case, attempt: Payment, payer: Payer, declined: CardDeclines | None = None) -> datetime | None:
    """Until when an attempt that is refused now may have been sent by a function that saw it otherwise: the customer or
    the account was changed since it began, or its method was declined elsewhere, which is written down some time after
    it was. None if it was never sent.
    """
    began_at = started_at(case.invoice, attempt)
    changes = [one for one in (payer.customer.updated_at, payer.integration.updated_at) if one > began_at]
    if declined is not None and declined.declined_at[-1] + LONGEST_REQUEST > began_at:
        changes.append(declined.declined_at[-1])
    if is_looked_up_first(case.invoice, attempt, case.now):
        changes.append(began_at)
    return max(changes) + LONGEST_REQUEST if changes else None


def refusal_of_ours(attempt: Payment, payer: Payer) -> Outcome | None:
    """The outcome of an attempt that Stripe is certain to refuse; None where only Stripe can say.

    The minimum is that of the currency the account is paid out in: of another one it depends on the rate of exchange.
    """
    if attempt.bank_transfer is not None and attempt.bank_transfer.lacks_country:
        return missing_country()
    minimum = minimum_amount(attempt.currency)
    if payer.integration.default_currency != attempt.currency or attempt.amount_cents >= minimum:
        return None
    message = f"The amount is below Stripe's minimum of {minimum} in {attempt.currency} (minor units)."
    return _refused("amount_too_small", message)


def missing_country() -> Outcome:
    """Lago's code for a bank transfer in EUR by a customer from where Stripe has no accounts; nothing was sent."""
    return _refused("missing_country", "A bank transfer in EUR needs a customer in one of BE, DE, ES, FR, IE, NL.")


def not_agreed() -> Outcome:
    """The outcome of an attempt to charge another method than the default, once the consent or the setting is gone."""
    return _refused(NOT_AGREED, "Another payment method may not be charged any more; nothing was sent.")


def _refused(code: str, message: str) -> Outcome:
    failure = Failure(code=code, message=message)
    return Outcome(status=PayableStatus.FAILED, intent_status="failed", failure=failure)
