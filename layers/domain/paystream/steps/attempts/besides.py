"""Money that came besides an attempt: another intent under its name, which is a payment of its own."""

from datetime import datetime

from paystream.model.identifiers import derived_id
from paystream.model.payment import Payment
from paystream.ports.stores import Stores


def payment_besides(attempt: Payment, intent_id: str, *, stores: Stores, now: datetime) -> Payment:
    """The payment of another intent than the attempt's own, if it is on record; else a new one, of which it is noted
    that it is to be.
    """
    lago_id = derived_id("payment", attempt.lago_id, intent_id)
    stored = stores.payments.get(attempt.organization_id, lago_id)
    if stored:
        return stored
    stores.invoices.register_payment(attempt.organization_id, attempt.invoice_id, lago_id)
    return Payment(
        organization_id=attempt.organization_id,
        lago_id=lago_id,
        invoice_id=attempt.invoice_id,
        invoice_number=attempt.invoice_number,
        attempt=attempt.attempt,
        external_customer_id=attempt.external_customer_id,
        lago_customer_id=attempt.lago_customer_id,
        payment_provider_code=attempt.payment_provider_code,
        integration_id=attempt.integration_id,
        account_key=attempt.account_key,
        provider_customer_id=attempt.provider_customer_id,
        amount_cents=attempt.amount_cents,
        currency=attempt.currency,
        bank_transfer=attempt.bank_transfer,
        on_session=attempt.on_session,
        created_at=now,
        updated_at=now,
    )


def is_of_another_intent(attempt: Payment, intent_id: str | None) -> bool:
    """Whether an attempt has an intent, and it is not this one."""
    return attempt.provider_payment_id not in (None, intent_id)
