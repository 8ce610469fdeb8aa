"""The model decides as the product does, whatever else an invoice and a payment carry."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

from paystream.model.outcome import Failure, Outcome, PayableStatus
from paystream.model.settlement import FollowUp, Settlement, settle
from paystream.model.standing import PaymentStatus

from model.decide import NOW, Decision, decide, invoice_of, meaning, payment_of

HEARD = ("succeeded", "requires_payment_method", "processing", "requires_action", "canceled", "expired", "failed")
INTENTS = ("pending", *HEARD)
ATTEMPTS = (0, 1, 2)


def test_every_decision_of_the_model_is_the_state_machines() -> None:
    compared = 0
    for invoice, attempt, payment, intent, heard, before in product(
        PaymentStatus, ATTEMPTS[1:], PayableStatus, INTENTS, HEARD, ATTEMPTS
    ):
        decided = decide(invoice.value, before, attempt, payment.value, intent_status=intent, heard=heard)

        assert decided == _kept(_settled_elsewhere(invoice, before, attempt, payment, intent=intent, heard=heard))
        compared += 1
    assert compared == 3 * 2 * 4 * 8 * 7 * 3


def test_a_decision_never_leaves_a_success_and_never_lets_an_attempt_fall() -> None:
    for invoice, attempt, payment, heard in product(PaymentStatus, ATTEMPTS[1:], PayableStatus, HEARD):
        for before in ATTEMPTS:
            decided = decide(invoice.value, before, attempt, payment.value, intent_status="pending", heard=heard)

            assert decided is None or decided.attempt >= before
            if decided and invoice is PaymentStatus.SUCCEEDED:
                assert decided.invoice_status == "succeeded"


def _settled_elsewhere(
    invoice: PaymentStatus, before: int, attempt: int, payment: PayableStatus, *, intent: str, heard: str
) -> Settlement | None:
    """The same states in a life of their own: other ids, another amount, another time, a failure on record."""
    later = NOW + timedelta(days=3)
    failure = Failure(code="card_declined", message="declined", decline_code="insufficient_funds")
    return settle(
        replace(
            invoice_of(invoice.value, before),
            lago_id="another",
            total_amount_cents=777,
            attempt_started_at=NOW,
            version=9,
        ),
        replace(
            payment_of(attempt, payment.value, intent),
            lago_id="another payment",
            provider_payment_id="pi_9",
            unknown_tries=2,
            failure=failure,
        ),
        Outcome(
            status=meaning(heard),
            intent_status="canceled" if heard == "expired" else heard,
            intent_id="pi_9",
            amount_cents=777,
            failure=failure,
        ),
        follow_up=FollowUp(retry_schedule_days=(1, 3), authentication_links=True),
        now=later,
    )


def _kept(settlement: Settlement | None) -> Decision | None:
    if settlement is None:
        return None
    return Decision(
        settlement.invoice.payment_status.value,
        settlement.invoice.attempt,
        settlement.invoice.is_open,
        settlement.payment.payment_status.value,
        tuple(webhook_type.value for webhook_type in settlement.notify),
    )
