"""Stripe's words in ours."""

import pytest
from paystream.model.outcome import Failure, Outcome, PayableStatus, expired_link, payable_status


@pytest.mark.parametrize(
    ("intent_status", "status"),
    [
        ("succeeded", PayableStatus.SUCCEEDED),
        ("canceled", PayableStatus.FAILED),
        ("requires_payment_method", PayableStatus.FAILED),
        ("processing", PayableStatus.PROCESSING),
        ("requires_action", PayableStatus.PROCESSING),
        ("requires_capture", PayableStatus.PROCESSING),
        ("requires_confirmation", PayableStatus.PROCESSING),
        ("a_status_of_next_year", PayableStatus.PROCESSING),
    ],
)
def test_a_payment_is_on_its_way_unless_stripe_says_how_it_ended(intent_status: str, status: PayableStatus) -> None:
    assert payable_status(intent_status) is status


@pytest.mark.parametrize("intent_id", [None, "pi_1"])
def test_nothing_can_come_of_a_payment_link_that_expired(intent_id: str | None) -> None:
    assert expired_link(intent_id) == Outcome(
        status=PayableStatus.FAILED,
        intent_status="canceled",
        intent_id=intent_id,
        failure=Failure(
            code="payment_link_expired", message="The payment link expired before it was paid.", decline_code=None
        ),
    )
