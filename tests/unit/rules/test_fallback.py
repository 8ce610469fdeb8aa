"""Which method takes the place of one that was declined for good."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders.records import RECORDED_AT, customer_record, integration_record, invoice_record, payment_record
from builders.standings import in_stage
from paystream.model.card_declines import with_decline_of
from paystream.model.customer import FallbackConsent
from paystream.model.outcome import Failure
from paystream.model.payment import PaymentLink
from paystream.model.payment_method import SavedMethod
from paystream.model.rules.fallback import may_fall_back, next_method
from paystream.model.standing import Stage

CONSENT = FallbackConsent(given_by="Ann", given_at=RECORDED_AT, given_how="terms")
AGREED = customer_record(payment_method_id="pm_1", fallback_consent=CONSENT)
ALLOWED = integration_record(fallback_payment_methods=True)
IN_FLIGHT = invoice_record(attempt=1, standing=in_stage(Stage.IN_FLIGHT, due_at=RECORDED_AT))
CHARGED = payment_record(payment_method_id="pm_1", attempt=1)
STOLEN = Failure(code="card_declined", message="Declined.", decline_code="stolen_card")


def saved(number: int, type_: str = "card") -> SavedMethod:
    """A method on file; the higher its number, the newer."""
    return SavedMethod(f"pm_{number}", type_, RECORDED_AT + timedelta(hours=number), f"card-{number}")


NEWEST_FIRST = tuple(saved(number) for number in (4, 3, 2, 1))
DECLINED = replace(IN_FLIGHT, declined_payment_method_ids=("pm_1",))


def chosen(methods: tuple[SavedMethod, ...] = NEWEST_FIRST, declines: Any = (), **customer: Any) -> str | None:
    """The id of the method that is next, after `pm_1` was declined."""
    found = next_method(DECLINED, replace(AGREED, **customer), methods, declines, RECORDED_AT)
    return found.id if found else None


class TestWhetherAnotherIsCharged:
    def test_the_setting_and_the_consent_allow_it_after_a_hard_decline(self) -> None:
        assert may_fall_back(IN_FLIGHT, CHARGED, STOLEN, AGREED, ALLOWED)

    @pytest.mark.parametrize(
        "integration", [None, replace(ALLOWED, fallback_payment_methods=False)], ids=["no account", "no setting"]
    )
    def test_not_without_the_setting(self, integration: Any) -> None:
        assert not may_fall_back(IN_FLIGHT, CHARGED, STOLEN, AGREED, integration)

    def test_not_without_the_consent(self) -> None:
        assert not may_fall_back(IN_FLIGHT, CHARGED, STOLEN, replace(AGREED, fallback_consent=None), ALLOWED)

    @pytest.mark.parametrize("code", ["insufficient_funds", "authentication_required", "invalid_amount"])
    def test_not_where_the_same_method_may_do(self, code: str) -> None:
        assert not may_fall_back(IN_FLIGHT, CHARGED, replace(STOLEN, decline_code=code), AGREED, ALLOWED)
        assert not may_fall_back(IN_FLIGHT, CHARGED, None, AGREED, ALLOWED)

    def test_not_where_stripe_has_declined_nothing(self) -> None:
        refused = Failure(code="parameter_invalid_integer", message="No.")
        assert not may_fall_back(IN_FLIGHT, CHARGED, refused, AGREED, ALLOWED)

    @pytest.mark.parametrize(
        "says", [{"own_payment_method_id": "own"}, {"skip_psp": True}, {"attempt": 2}], ids=["own", "asked", "newer"]
    )
    def test_not_where_the_invoice_says_what_is_charged_or_has_gone_on(self, says: dict[str, Any]) -> None:
        assert not may_fall_back(replace(IN_FLIGHT, **says), CHARGED, STOLEN, AGREED, ALLOWED)

    def test_not_after_a_page(self) -> None:
        page = replace(CHARGED, link=PaymentLink(session_id="cs_1"))
        assert not may_fall_back(IN_FLIGHT, page, STOLEN, AGREED, ALLOWED)


class TestWhichIsCharged:
    def test_the_default_goes_before_what_paid_last_and_that_before_the_newest(self) -> None:
        assert chosen(payment_method_id="pm_2", last_paid_payment_method_id="pm_3") == "pm_2"
        assert chosen(last_paid_payment_method_id="pm_3") == "pm_3"
        assert chosen() == "pm_4"

    def test_none_is_charged_twice(self) -> None:
        assert chosen((saved(1),)) is None

    def test_none_that_is_the_same_card(self) -> None:
        twin = replace(saved(5), card="card-1")
        declines = with_decline_of((), "pm_1", "card-1", is_hard=False, now=RECORDED_AT)
        assert chosen((twin,), declines) is None

    def test_none_that_is_the_same_card_though_its_decline_is_forgotten_or_another_of_its_ids_was_charged_since(
        self,
    ) -> None:
        """Declines are kept for 30 days, by the id that was charged last; a schedule may take longer."""
        twin = replace(saved(5), card="card-1")
        since = with_decline_of((), "pm_6", "card-1", is_hard=False, now=RECORDED_AT)
        assert chosen((twin, saved(1))) is None
        assert chosen((twin, saved(1)), since) is None

    def test_what_is_no_card_is_not_the_same_as_another(self) -> None:
        first, second = (replace(saved(number), card=None) for number in (1, 2))
        assert chosen((second, first)) == "pm_2"

    def test_none_that_the_customer_may_not_pay_with(self) -> None:
        assert chosen((saved(5, "us_bank_account"),)) is None

    def test_none_that_was_declined_for_good_for_another_invoice(self) -> None:
        declines = with_decline_of((), "pm_4", "card-4", is_hard=True, now=RECORDED_AT)
        assert chosen(declines=declines) == "pm_3"
