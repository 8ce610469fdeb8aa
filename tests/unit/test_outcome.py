"""Stripe's words in ours."""

from itertools import permutations

import pytest
from paystream.model.outcome import (
    Failure,
    Outcome,
    PayableStatus,
    expired_link,
    gone,
    of_several,
    payable_status,
)

PAID = Outcome(status=PayableStatus.SUCCEEDED, intent_status="succeeded")
ON_ITS_WAY = Outcome(status=PayableStatus.PROCESSING, intent_status="processing")
DECLINED = Outcome(status=PayableStatus.FAILED, intent_status="requires_payment_method")
CANCELED = Outcome(status=PayableStatus.FAILED, intent_status="canceled")


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


def test_nothing_can_come_of_an_intent_that_stripe_has_no_more() -> None:
    assert gone("pi_1") == Outcome(
        status=PayableStatus.FAILED,
        intent_status="canceled",
        intent_id="pi_1",
        failure=Failure(code="resource_missing", message="The payment intent is gone at Stripe."),
    )


def test_of_several_intents_a_success_counts_then_what_may_come_to_one() -> None:
    for order in permutations((PAID, ON_ITS_WAY, DECLINED, CANCELED)):
        assert of_several(order) is PAID
        assert of_several(one for one in order if one is not PAID) is ON_ITS_WAY
        assert of_several(one for one in order if one in (DECLINED, CANCELED)) is DECLINED
    assert of_several([CANCELED]) is CANCELED


def test_of_several_that_failed_only_what_stripe_has_canceled_is_over() -> None:
    unknown = Outcome(status=PayableStatus.FAILED, intent_status="a_status_of_next_year")

    assert of_several([unknown, CANCELED]) is of_several([CANCELED, unknown]) is unknown


def test_of_no_intent_nothing_counts() -> None:
    assert of_several([]) is None


def test_of_several_of_the_same_kind_the_first_counts_that_was_made() -> None:
    first, second = (
        Outcome(status=PAID.status, intent_status="succeeded", intent_id=name) for name in ("pi_1", "pi_2")
    )

    assert of_several([second, first]) is first


def test_an_outcome_is_known_for_certain_unless_it_says_otherwise() -> None:
    assert not PAID.is_only_heard
