"""Other intents that name an invoice which is settled, and that are none of its attempts' own."""

from paystream.model.attempts import started_at
from paystream.model.case import Case, Learned
from paystream.model.outcome import CANCELABLE_WHILE_OPEN, CANCELED, Outcome, PayableStatus
from paystream.model.payment import Payment
from paystream.model.schedule import LONGEST_REQUEST
from paystream.model.settlement import is_news
from paystream.model.standing import Stage
from paystream.ports.stripe import ListedIntent
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.attempts.besides import payment_besides
from paystream.steps.attempts.record_outcome import record_outcome
from paystream.steps.attempts.run import Run


def close_others(case: Case, latest: Payment, run: Run) -> Case:
    """Those of the customer of the last attempt, in its account; there is nobody to ask if that is not connected. What
    can be paid is canceled, what was paid is recorded, one in a run, and what is on its way is looked at again. Where
    another function wrote meanwhile, it may have begun what looks like another's: all is decided again.

    Safe to repeat. Raises VersionConflictError, and what asking Stripe raises.
    """
    others = _others(case, latest, run)
    for listed in others:
        if listed.outcome.status is PayableStatus.SUCCEEDED and case.customer:
            attempt = next((one for one in case.attempts if one.lago_id == listed.payment_id), latest)
            payment = payment_besides(attempt, str(listed.outcome.intent_id), stores=run.stores, now=run.now)
            if is_news(payment, listed.outcome):
                recorded = record_outcome(
                    case.invoice,
                    payment,
                    listed.outcome,
                    customer=case.customer,
                    decides_again=False,
                    stores=run.stores,
                    now=run.now,
                )
                return case.answered(recorded)
    if any(_is_on_its_way(listed.outcome) for listed in others):
        return case.answered(case.invoice)
    return case.with_learned(Learned.OTHERS_CLOSED)


def _others(case: Case, latest: Payment, run: Run) -> list[ListedIntent]:
    """What of them can be paid is canceled here."""
    integration = run.accounts.of(latest)
    if integration is None:
        return []
    ours = {None, *(attempt.provider_payment_id for attempt in case.attempts)}
    since = started_at(case.invoice, case.attempts[0]) - LONGEST_REQUEST
    with calls_stripe(
        integration, "payment_intent.cancel", stores=run.stores, gateways=run.gateways, now=run.now
    ) as gateway:
        others = [
            listed
            for listed in gateway.intents_of(latest.provider_customer_id, since=since)
            if listed.metadata.get("lago_invoice_id") == case.invoice.lago_id and listed.outcome.intent_id not in ours
        ]
        for listed in others:
            if _is_payable(listed.outcome) and _is_none_of_ours(case, listed):
                gateway.cancel_payment(str(listed.outcome.intent_id))
    return others


def _is_none_of_ours(case: Case, listed: ListedIntent) -> bool:
    """Until the invoice is settled another function may begin its next attempt: that is not on record here."""
    names = {attempt.lago_id for attempt in case.attempts}
    return case.invoice.stage is Stage.SETTLING or listed.payment_id in names


def _is_payable(outcome: Outcome) -> bool:
    has_failed = outcome.status is PayableStatus.FAILED and outcome.intent_status != CANCELED
    return has_failed or outcome.intent_status in CANCELABLE_WHILE_OPEN


def _is_on_its_way(outcome: Outcome) -> bool:
    return outcome.status is PayableStatus.PROCESSING and not _is_payable(outcome)
