"""How far a refusal pauses an account, and when it is tried again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.records import RECORDED_AT, integration_record
from paystream.model.faults import Reach
from paystream.model.integration import Attention, Integration, Suspicion
from paystream.model.outcome import Failure
from paystream.model.pauses import (
    CREATE_INTENT,
    CREATE_PAGE,
    is_operators_by_now,
    pause_of,
    probed,
    refusal_text,
    to_be_probed,
    with_refusal,
    with_suspect,
    without_pauses,
)

NOW = RECORDED_AT
MINUTE = timedelta(minutes=1)


def refused(reach: Reach, what: str | None = None, code: str = "testmode_charges_only") -> Attention:
    return Attention(since=NOW, message="Refused.", code=code, reach=reach, what=what)


def paused(*refusals: Attention) -> Integration:
    integration = integration_record()
    for one in refusals:
        integration, _ = with_refusal(integration, one, NOW)
    return integration


ACCOUNT = paused(refused(Reach.ACCOUNT))
DEBITS = paused(refused(Reach.METHOD_TYPE, "sepa_debit"))
PAGES = paused(refused(Reach.PERMISSION, CREATE_PAGE))
REQUEST = paused(refused(Reach.REQUEST, "parameter_unknown"))


class TestWhatIsPaused:
    @pytest.mark.parametrize(
        ("integration", "action", "types", "is_paused"),
        [
            (integration_record(), CREATE_INTENT, ("card",), False),
            (ACCOUNT, CREATE_INTENT, ("card",), True),
            (ACCOUNT, CREATE_PAGE, ("card",), True),
            (ACCOUNT, "payment_intent.retrieve", (), False),
            (DEBITS, CREATE_INTENT, ("sepa_debit",), True),
            (DEBITS, CREATE_INTENT, ("card", "sepa_debit"), False),
            (DEBITS, CREATE_INTENT, ("card",), False),
            (DEBITS, CREATE_INTENT, (), False),
            (DEBITS, "refund.create", ("sepa_debit",), False),
            (PAGES, CREATE_PAGE, ("card",), True),
            (PAGES, CREATE_INTENT, ("card",), False),
            (REQUEST, CREATE_INTENT, ("card",), False),
        ],
    )
    def test_a_pause_reaches_no_further_than_the_refusal(
        self, integration: Integration, action: str, types: tuple[str, ...], is_paused: bool
    ) -> None:
        assert (pause_of(integration, action, types=types, now=NOW) is not None) == is_paused

    def test_a_refused_key_pauses_everything(self) -> None:
        attention = refused(Reach.KEY)
        integration = replace(integration_record(), needs_attention=attention)
        assert pause_of(integration, "customer.retrieve", now=NOW + timedelta(days=9)) == attention

    def test_it_is_tried_at_its_time(self) -> None:
        assert pause_of(ACCOUNT, CREATE_INTENT, now=NOW + timedelta(minutes=14, seconds=59))
        assert pause_of(ACCOUNT, CREATE_INTENT, now=NOW + 15 * MINUTE) is None


class TestRefusals:
    def test_the_first_is_new_and_a_second_of_the_same_is_not(self) -> None:
        known, is_new = with_refusal(integration_record(), refused(Reach.ACCOUNT), NOW)
        again, is_new_again = with_refusal(known, refused(Reach.ACCOUNT, code="another"), NOW)
        assert (is_new, is_new_again) == (True, False)
        assert again == known

    def test_each_try_that_fails_makes_the_next_one_later_and_never_as_late_as_an_hour(self) -> None:
        integration, now, waits = ACCOUNT, NOW, []
        for _ in range(6):
            probe_at = integration.pauses[0].probe_at
            assert probe_at
            waits.append((probe_at - now) / MINUTE)
            now = probe_at
            integration, is_new = with_refusal(integration, refused(Reach.ACCOUNT), now)
            assert not is_new
        assert waits == [15, 20, 30, 40, 40, 40]
        assert integration.pauses[0].since == NOW

    def test_one_of_a_request_is_never_tried_for_others(self) -> None:
        assert REQUEST.pauses[0].probe_at is None
        assert with_refusal(REQUEST, refused(Reach.REQUEST, "parameter_unknown"), NOW + MINUTE) == (REQUEST, False)

    def test_the_text_says_what_to_do_and_names_the_request(self) -> None:
        failure = Failure(code="payment_method_unactivated", message="", request_id="req_1")
        text = refusal_text(Reach.METHOD_TYPE, "sepa_debit", failure)
        assert "of the type sepa_debit (payment_method_unactivated)" in text
        assert text.endswith("Request req_1.")
        assert "Request" not in refusal_text(Reach.ACCOUNT, None, replace(failure, request_id=None))


class TestEnds:
    @pytest.mark.parametrize(
        ("integration", "action", "types", "ends"),
        [
            (ACCOUNT, CREATE_INTENT, ("card",), True),
            (ACCOUNT, "refund.create", (), False),
            (DEBITS, CREATE_INTENT, ("sepa_debit",), True),
            (DEBITS, CREATE_INTENT, ("card", "sepa_debit"), False),
            (PAGES, CREATE_PAGE, ("card",), True),
            (PAGES, CREATE_INTENT, ("card",), False),
            (REQUEST, CREATE_INTENT, ("card",), False),
        ],
    )
    def test_what_is_taken_ends_what_it_was_refused_for(
        self, integration: Integration, action: str, types: tuple[str, ...], ends: bool
    ) -> None:
        freed = without_pauses(integration, action, types=types)
        assert (freed.pauses == (), freed.resumes) == (ends, ends)

    def test_a_request_of_ours_ends_with_the_first_that_is_taken_of_those_it_refused(self) -> None:
        assert without_pauses(REQUEST, CREATE_INTENT, was_refused=True).pauses == ()

    def test_without_any_nothing_changes(self) -> None:
        assert without_pauses(integration_record(), CREATE_INTENT, types=("card",)) == integration_record()


class TestProbes:
    def test_one_is_to_be_tried_once_its_time_has_come(self) -> None:
        assert to_be_probed(ACCOUNT, NOW + 14 * MINUTE) is None
        assert to_be_probed(ACCOUNT, NOW + 15 * MINUTE) == ACCOUNT.pauses[0]

    def test_what_nothing_waits_for_is_tried_by_what_comes_next(self) -> None:
        open_again = probed(ACCOUNT)
        assert open_again.pauses[0].since == NOW
        assert pause_of(open_again, CREATE_INTENT, now=NOW) is None
        assert to_be_probed(open_again, NOW + timedelta(days=9)) is None


class TestSuspicion:
    def suspected(self, *customers: str, code: str = "odd") -> tuple[Integration, Suspicion]:
        integration = integration_record()
        suspicion = Suspicion(code=code, external_customer_ids=())
        for one in customers:
            suspicion = with_suspect(integration, code, one)
            integration = replace(integration, suspicion=suspicion)
        return integration, suspicion

    @pytest.mark.parametrize(
        ("customers", "is_enough"), [(("a", "b"), False), (("a", "b", "a"), False), (("a", "b", "c"), True)]
    )
    def test_three_customers_are_enough(self, customers: tuple[str, ...], is_enough: bool) -> None:
        assert is_operators_by_now(*self.suspected(*customers)) == is_enough

    def test_another_code_begins_to_count_anew(self) -> None:
        integration, _ = self.suspected("a", "b")
        assert with_suspect(integration, "other", "c") == Suspicion(code="other", external_customer_ids=("c",))

    def test_a_code_for_which_the_account_is_paused_is_the_operators_at_once(self) -> None:
        integration = paused(refused(Reach.ACCOUNT, code="odd"))
        assert integration.suspicion is None
        assert is_operators_by_now(integration, with_suspect(integration, "odd", "a"))
        assert not is_operators_by_now(integration, with_suspect(integration, "other", "a"))

    def test_what_is_taken_ends_it(self) -> None:
        integration, _ = self.suspected("a", "b")
        assert without_pauses(integration, CREATE_INTENT).suspicion is None
        assert without_pauses(integration, "refund.create").suspicion is not None
