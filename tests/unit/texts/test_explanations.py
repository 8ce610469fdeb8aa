"""Each code of Stripe's that is known is explained twice: to the operator, and to the customer."""

import re
from typing import Any

import pytest
from paystream.model.declines import REASONS, Retry
from paystream.model.faults import FAULTS, Fault, Whose
from paystream.model.outcome import Failure
from paystream.model.texts import to_customers
from paystream.model.texts.explanations import OURS, FailureClass, class_of, explain
from paystream.model.texts.of_accounts import ACCOUNTS
from paystream.model.texts.of_declines import ADVICE, DECLINES
from paystream.model.texts.of_errors import ERRORS

SUSPICIOUS = re.compile(
    r"steal|stole|theft|\blost\b|\bloss|fraud|suspic|suspect|\brisk|secur|block|black|pick|report|restrict|police",
    re.IGNORECASE,
)
"""What a customer is never told: https://docs.stripe.com/declines/codes"""

OF_DECLINES = [reason.code for reason in REASONS if reason.field == "decline_code"]
OF_ERRORS = [reason.code for reason in REASONS if reason.field == "code"] + [
    fault.code for fault in FAULTS if fault.field == "code" and fault.whose is not Whose.UNKNOWN
]
OF_ADVICE = [(reason.field, reason.code) for reason in REASONS if reason.field not in ("decline_code", "code")]


def failed(code: str = "card_declined", decline_code: str | None = None, **codes: Any) -> Failure:
    return Failure(code=code, message="", decline_code=decline_code, **codes)


class TestTheTables:
    def test_each_decline_code_has_both_texts_and_there_are_no_others(self) -> None:
        assert set(OF_DECLINES) == set(DECLINES)

    def test_each_error_code_whose_reason_is_known_has_both_texts(self) -> None:
        texts = {*ERRORS, *ACCOUNTS}
        assert set(OF_ERRORS) - texts == set()
        assert set(ERRORS) & set(ACCOUNTS) == set()

    def test_what_has_a_text_besides_is_known_to_be(self) -> None:
        of_nobody = {"parameter_missing", "payment_intent_invalid_parameter"}
        assert {*ERRORS, *ACCOUNTS} - set(OF_ERRORS) == OURS | of_nobody | {"canceled", "payment_failed"}

    def test_each_advice_has_both_texts_and_there_are_no_others(self) -> None:
        assert set(OF_ADVICE) == set(ADVICE)

    @pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.whose is Whose.OPERATOR])
    def test_what_is_the_operators_is_ours_to_the_customer(self, fault: Fault) -> None:
        failure = failed(fault.code) if fault.field == "code" else failed("card_declined", fault.code)
        assert explain(failure).customer == to_customers.OURS

    def test_each_text_is_of_whole_sentences(self) -> None:
        for texts in (*DECLINES.values(), *ERRORS.values(), *ACCOUNTS.values(), *ADVICE.values()):
            assert all(re.fullmatch(r"[A-Z].*\.", text) for text in texts), texts

    def test_no_text_for_the_customer_names_theft_loss_or_suspicion(self) -> None:
        told = {texts[1] for table in (DECLINES, ERRORS, ACCOUNTS, ADVICE) for texts in table.values()}
        told |= {text for name, text in vars(to_customers).items() if name.isupper()}
        assert [text for text in told if SUSPICIOUS.search(text)] == []


class TestOneFailure:
    def test_it_is_explained_with_the_source_of_its_code(self) -> None:
        explanation = explain(failed(decline_code="insufficient_funds"))

        assert explanation.operator == "The bank says the account lacks the money."
        assert explanation.customer == to_customers.FUNDS
        assert explanation.source == "https://docs.stripe.com/declines/codes"

    def test_the_error_code_counts_where_there_is_no_decline_code(self) -> None:
        explanation = explain(failed("debit_disputed"))

        assert explanation.operator == "The customer has had the debit sent back."
        assert explanation.source == "https://docs.stripe.com/declines/network-codes"

    def test_what_the_card_network_forbids_is_said_where_the_reason_leaves_it_open(self) -> None:
        explanation = explain(failed(decline_code="do_not_honor", network_decline_code="43"))

        assert explanation.operator == (
            "The bank declined the card without saying why. "
            "The card network forbids another try with the card (its code 43: a stolen card)."
        )
        assert explanation.customer == to_customers.OTHER_METHOD

    def test_the_advice_that_decides_is_the_one_that_is_said(self) -> None:
        explanation = explain(
            failed(decline_code="do_not_honor", advice_code="try_again_later", network_advice_code="03")
        )

        assert explanation.operator.endswith("(its code 03: do not try again).")

    def test_advice_that_says_no_more_than_the_reason_is_left_out(self) -> None:
        assert explain(failed(decline_code="stolen_card", network_decline_code="43")) == explain(
            failed(decline_code="stolen_card")
        )
        assert explain(failed(decline_code="do_not_honor", advice_code="try_again_later")) == explain(
            failed(decline_code="do_not_honor")
        )

    def test_an_unknown_reason_with_an_advice_is_explained_by_it(self) -> None:
        explanation = explain(failed(decline_code="new_code", advice_code="try_again_later"))

        assert explanation.operator == (
            "The bank declined the payment (new_code). The bank says that it may be tried again later."
        )
        assert explanation.source == "https://docs.stripe.com/declines/codes"

    def test_an_unknown_error_code_is_named(self) -> None:
        explanation = explain(failed("new_code"))

        assert explanation.operator == "Stripe refused the payment (new_code)."
        assert explanation.customer == to_customers.OTHER_METHOD
        assert explanation.source == "https://docs.stripe.com/error-codes"

    @pytest.mark.parametrize("code", sorted(OURS))
    def test_a_code_of_ours_has_no_source_at_stripe(self, code: str) -> None:
        assert explain(failed(code)).source is None


class TestItsClass:
    @pytest.mark.parametrize(
        ("failure", "expected"),
        [
            (failed(decline_code="insufficient_funds"), FailureClass.LATER),
            (failed(decline_code="expired_card"), FailureClass.AFTER_CUSTOMER_ACTS),
            (failed(decline_code="stolen_card"), FailureClass.NEVER),
            (failed("payment_method_unactivated"), FailureClass.OPERATOR),
            (failed("payment_link_expired"), FailureClass.AFTER_CUSTOMER_ACTS),
        ],
    )
    def test_it_follows_from_the_codes(self, failure: Failure, expected: FailureClass) -> None:
        assert class_of(failure) is expected

    def test_the_words_for_when_to_retry_are_those_of_the_notifications(self) -> None:
        assert {one.value for one in Retry} | {"operator"} == {one.value for one in FailureClass}
