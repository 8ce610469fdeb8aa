"""Cancel intents that name an invoice which is settled, and that are none of its attempts."""

from paystream.model.attempts import started_at
from paystream.model.case import Case
from paystream.model.outcome import CANCELABLE_WHILE_OPEN, CANCELED, Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.schedule import LONGEST_REQUEST
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.attempts.run import Run


def close_others(case: Case, latest: Payment, run: Run) -> None:
    """Those of the customer of the last attempt, in its account; there is nobody to ask if that is not connected. What
    was paid of them is recorded by its event.

    Safe to repeat. Raises what asking Stripe raises.
    """
    integration = run.accounts.of(latest)
    if integration is None:
        return
    ours = {attempt.provider_payment_id for attempt in case.attempts}
    since = started_at(case.invoice, case.attempts[0]) - LONGEST_REQUEST
    with calls_stripe(
        integration, "payment_intent.cancel", stores=run.stores, gateways=run.gateways, now=run.now
    ) as gateway:
        for listed in gateway.intents_of(latest.provider_customer_id, since=since):
            names_it = listed.metadata.get("lago_invoice_id") == case.invoice.lago_id
            intent_id = listed.outcome.intent_id
            if names_it and intent_id and intent_id not in ours and _is_payable(listed.outcome):
                gateway.cancel_payment(intent_id)


def _is_payable(outcome: Outcome) -> bool:
    has_failed = outcome.status is PayableStatus.FAILED and outcome.intent_status != CANCELED
    return has_failed or outcome.intent_status in CANCELABLE_WHILE_OPEN
