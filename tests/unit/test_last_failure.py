"""What an invoice keeps of the failure of its last attempt."""

from datetime import UTC, datetime

from builders.records import customer_record
from paystream.model.customer import RefusedCreation
from paystream.model.last_failure import CUSTOMER_REFUSED, MOST_OF_A_CODE, LastFailure, refusal_of
from paystream.model.outcome import Failure

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
WHOLE = Failure(
    code="card_declined",
    message="Your card was declined.",
    decline_code="generic_decline",
    advice_code="try_again_later",
    network_decline_code="05",
    network_advice_code="02",
    payment_method_type="card",
    http_status=402,
    request_id="req_1",
)


def test_each_code_is_kept_and_stripes_words_are_not() -> None:
    kept = LastFailure.of(WHOLE, AT, tries=2, most_tries=5)

    assert (kept.at, kept.tries, kept.most_tries, kept.is_of_customer) == (AT, 2, 5, False)
    assert kept.failure == Failure(
        code="card_declined",
        message="",
        decline_code="generic_decline",
        advice_code="try_again_later",
        network_decline_code="05",
        network_advice_code="02",
        payment_method_type="card",
    )


def test_what_is_too_long_to_be_a_code_is_cut() -> None:
    long = "x" * (MOST_OF_A_CODE + 1)

    kept = LastFailure.of(Failure(code=long, message="", decline_code=long), AT)

    assert (kept.code, kept.decline_code) == (long[:-1], long[:-1])
    assert kept.advice_code is None


def test_a_customer_whom_stripe_has_refused_is_a_reason() -> None:
    refused = customer_record(creation_refused=RefusedCreation(at=AT, code="email_invalid"))

    assert refusal_of(refused) == LastFailure(at=AT, code="email_invalid", is_of_customer=True)
    assert refusal_of(customer_record()) is None
    assert refusal_of(None) is None


def test_a_refusal_without_a_code_has_ours() -> None:
    refusal = refusal_of(customer_record(creation_refused=RefusedCreation(at=AT)))

    assert refusal
    assert refusal.code == CUSTOMER_REFUSED
