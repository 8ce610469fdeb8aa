"""What one word of Stripe makes of an invoice and of its payment, and who is notified of it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from builders.cases import attempt_record
from builders.records import RECORDED_AT, invoice_record
from builders.standings import STANDING_FIELDS, in_stage
from paystream.model.bank_transfer import BankTransfer
from paystream.model.charged_method import ChargedMethod
from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice
from paystream.model.notification import WebhookType
from paystream.model.outcome import Failure, Outcome, PayableStatus, expired_link
from paystream.model.payment import Payment, PaymentLink
from paystream.model.settlement import FollowUp, Settlement, is_news, settle
from paystream.model.standing import InvoiceStatus, PaymentStatus, Stage, WaitingFor

NOW = RECORDED_AT + timedelta(minutes=1)
EARLIER, LATER, TOMORROW = NOW - timedelta(hours=1), NOW + timedelta(hours=1), NOW + timedelta(days=1)
ANOTHER = WaitingFor.ANOTHER_PAYMENT_METHOD
PAGE = PaymentLink(session_id="cs_1")
OWN = payment_id("organization", "invoice", 1)

PASSES = Failure(code="card_declined", message="Declined.", decline_code="insufficient_funds")
FOR_GOOD = Failure(code="card_declined", message="Declined.", decline_code="stolen_card")
BREAKS_OFF = Failure(code="processing_error", message="Try again.")
WANTS_CUSTOMER = Failure(code="card_declined", message="Declined.", decline_code="authentication_required")

SUCCEEDED, FAILED, PROCESSING = PayableStatus.SUCCEEDED, PayableStatus.FAILED, PayableStatus.PROCESSING
PENDING = PayableStatus.PENDING
PAID = WebhookType.PAYMENT_SUCCEEDED
REFUSED = WebhookType.INVOICE_PAYMENT_FAILURE
ABANDONED = WebhookType.INVOICE_PAYMENT_ABANDONED
ACTION = WebhookType.PAYMENT_REQUIRES_ACTION
CHANGED = WebhookType.INVOICE_PAYMENT_STATUS_UPDATED


def said(status: PayableStatus, intent_status: str = "", **more: Any) -> Outcome:
    """What Stripe says; its status is the same word where none is given."""
    return Outcome(status=status, intent_status=intent_status or status.value, **more)


def invoice_in(stage: Stage = Stage.IN_FLIGHT, **fields: Any) -> Invoice:
    """An invoice that knows its first attempt. Fields of its standing go there."""
    where = {name: fields.pop(name) for name in STANDING_FIELDS & set(fields)}
    return invoice_record(**({"attempt": 1} | fields), standing=in_stage(stage, **where))


def attempt(payment_status: PayableStatus = PENDING, status: str = "", **fields: Any) -> Payment:
    """The first attempt, of which this is known, charged with `pm_1`."""
    return attempt_record(payment_status, status, **({"lago_id": OWN, "payment_method_id": "pm_1"} | fields))


def settled(
    invoice: Invoice, payment: Payment, outcome: Outcome, *days: int, **follow_up: Any
) -> tuple[Invoice, Settlement]:
    """The updated invoice, and all that is written; `days` are the schedule."""
    settlement = settle(invoice, payment, outcome, follow_up=FollowUp(retry_schedule_days=days, **follow_up), now=NOW)
    assert settlement
    assert settlement.invoice.updated_at == settlement.payment.updated_at == NOW
    return settlement.invoice, settlement


class TestWhatIsNews:
    @pytest.mark.parametrize("outcome", [said(SUCCEEDED), said(FAILED, "canceled"), said(PROCESSING)])
    def test_nothing_after_a_success(self, outcome: Outcome) -> None:
        assert not is_news(attempt(SUCCEEDED), outcome)

    @pytest.mark.parametrize("outcome", [said(SUCCEEDED), said(FAILED, "canceled"), said(PROCESSING)])
    def test_everything_of_what_nothing_is_known(self, outcome: Outcome) -> None:
        assert is_news(attempt(PENDING), outcome)

    @pytest.mark.parametrize("known", ["requires_payment_method", "failed", "a_status_of_next_year"])
    @pytest.mark.parametrize(
        ("outcome", "brings"),
        [
            (said(SUCCEEDED), True),
            (said(FAILED, "canceled"), True),
            (said(FAILED, "requires_payment_method"), False),
            (said(FAILED, "a_status_of_next_year"), False),
            (said(PROCESSING), False),
        ],
    )
    def test_a_success_and_the_end_of_what_failed(self, known: str, outcome: Outcome, brings: bool) -> None:
        assert is_news(attempt(FAILED, known), outcome) is brings

    def test_a_success_of_what_was_canceled_and_nothing_else(self) -> None:
        assert is_news(attempt(FAILED, "canceled"), said(SUCCEEDED))
        assert not is_news(attempt(FAILED, "canceled"), said(FAILED, "canceled"))

    @pytest.mark.parametrize("known", ["requires_confirmation", "requires_action", "processing", "requires_capture"])
    @pytest.mark.parametrize("outcome", [said(SUCCEEDED), said(FAILED, "requires_payment_method")])
    def test_an_end_of_what_is_on_its_way(self, known: str, outcome: Outcome) -> None:
        assert is_news(attempt(PROCESSING, known), outcome)

    def test_what_is_on_its_way_only_goes_on(self) -> None:
        order = [
            {"requires_confirmation"},
            {"requires_action"},
            {"processing", "a_status_of_next_year", "z_status_of_next_year"},
            {"requires_capture"},
        ]
        places = [(status, place) for place, statuses in enumerate(order) for status in sorted(statuses)]

        for known, before in places:
            for heard, after in places:
                assert is_news(attempt(PROCESSING, known), said(PROCESSING, heard)) is (after > before)

    @pytest.mark.parametrize(
        ("remained", "remains", "brings"),
        [(1000, 999, True), (1000, 1000, False), (1000, 1001, False), (None, 999, False), (1000, None, False)],
    )
    def test_less_to_transfer_while_the_customer_is_to_act(
        self, remained: int | None, remains: int | None, brings: bool
    ) -> None:
        known = attempt(PROCESSING, "requires_action", remaining_amount_cents=remained)

        assert is_news(known, said(PROCESSING, "requires_action", remaining_amount_cents=remains)) is brings

    @pytest.mark.parametrize(
        ("known", "heard"),
        [
            ("processing", "processing"),
            ("processing", "requires_action"),
            ("requires_capture", "requires_capture"),
            ("requires_capture", "requires_action"),
            ("requires_action", "requires_confirmation"),
            ("requires_confirmation", "requires_confirmation"),
        ],
    )
    def test_not_less_to_transfer_at_any_other_time(self, known: str, heard: str) -> None:
        before = attempt(PROCESSING, known, remaining_amount_cents=1000)

        assert not is_news(before, said(PROCESSING, heard, remaining_amount_cents=1))


class TestWhatIsKept:
    def test_all_that_stripe_says_is_kept(self) -> None:
        outcome = said(
            PROCESSING,
            "requires_action",
            intent_id="pi_1",
            intent_created_at=EARLIER,
            payment_method_id="pm_2",
            amount_cents=4000,
            remaining_amount_cents=1000,
            next_action={"type": "redirect"},
        )

        _, settlement = settled(invoice_in(), attempt(), outcome)

        assert settlement.payment == attempt(
            PROCESSING,
            "requires_action",
            provider_payment_id="pi_1",
            provider_created_at=EARLIER,
            payment_method_id="pm_2",
            amount_cents=4000,
            remaining_amount_cents=1000,
            next_action={"type": "redirect"},
            updated_at=NOW,
        )

    def test_what_stripe_does_not_name_stays_as_it_was(self) -> None:
        known = attempt(PROCESSING, provider_payment_id="pi_1", provider_created_at=EARLIER, next_action={"type": "x"})

        _, settlement = settled(invoice_in(), known, said(FAILED, "canceled", failure=PASSES))

        failed = replace(known, payment_status=FAILED, status="canceled", failure=PASSES, next_action=None)
        assert settlement.payment == replace(failed, ended_at=NOW, updated_at=NOW)

    @pytest.mark.parametrize("status", [SUCCEEDED, FAILED])
    def test_its_end_has_a_time_which_a_repeat_a_restoration_and_a_closing_leave_alone(
        self, status: PayableStatus
    ) -> None:
        _, settlement = settled(invoice_in(), attempt(), said(status, failure=PASSES))
        _, restored = settled(invoice_in(), attempt(ended_at=EARLIER), said(status, failure=PASSES))

        assert (settlement.payment.ended_at, restored.payment.ended_at) == (NOW, EARLIER)

    def test_a_failed_attempt_that_is_closed_failed_when_it_did(self) -> None:
        for known in (EARLIER, None):
            failed = attempt(FAILED, "requires_payment_method", failure=PASSES, ended_at=known)

            _, settlement = settled(invoice_in(Stage.RETRY_PLANNED), failed, said(FAILED, "canceled"), 1)

            assert settlement.payment.ended_at == known

    def test_a_late_success_has_the_time_of_the_success(self) -> None:
        failed = attempt(FAILED, "requires_payment_method", failure=PASSES, ended_at=EARLIER)

        _, settlement = settled(invoice_in(Stage.GIVEN_UP), failed, said(SUCCEEDED))

        assert settlement.payment.ended_at == NOW

    def test_what_is_on_its_way_has_no_end(self) -> None:
        _, settlement = settled(invoice_in(), attempt(), said(PROCESSING))

        assert settlement.payment.ended_at is None

    def test_what_was_charged_is_known_of_its_own_method_only(self) -> None:
        card, other = ChargedMethod(type="card", last4="4242"), ChargedMethod(type="card", last4="0341")
        known = attempt(PROCESSING, payment_method_id="pm_1", charged=card)

        def charged_after(outcome: Outcome) -> ChargedMethod | None:
            return settled(invoice_in(), known, outcome)[1].payment.charged

        assert charged_after(said(SUCCEEDED)) == card
        assert charged_after(said(SUCCEEDED, payment_method_id="pm_1")) == card
        assert charged_after(said(SUCCEEDED, payment_method_id="pm_2")) is None
        assert charged_after(said(SUCCEEDED, payment_method_id="pm_2", charged=other)) == other

    def test_what_brought_nothing_counts_nothing(self) -> None:
        invoice, settlement = settled(invoice_in(), attempt(), said(SUCCEEDED, amount_cents=0))

        assert (settlement.payment.amount_cents, invoice.total_paid_amount_cents) == (0, 0)

    def test_a_failed_attempt_that_is_closed_keeps_its_failure_and_changes_nothing_else(self) -> None:
        failed = attempt(FAILED, "requires_payment_method", failure=PASSES)
        before = invoice_in(Stage.RETRY_PLANNED)

        after, settlement = settled(before, failed, said(FAILED, "canceled", failure=FOR_GOOD), 1)

        assert after == replace(before, updated_at=NOW)
        assert (settlement.payment.status, settlement.payment.failure) == ("canceled", PASSES)
        assert settlement.notify == ()

    def test_the_invoice_learns_the_number_and_the_begin_of_an_attempt(self) -> None:
        first = attempt(created_at=EARLIER)
        new, _ = settled(invoice_in(attempt=0), first, said(PROCESSING))
        known, _ = settled(invoice_in(attempt=0, attempt_started_at=LATER), first, said(PROCESSING))

        assert (new.attempt, new.attempt_started_at) == (1, EARLIER)
        assert (known.attempt, known.attempt_started_at) == (1, LATER)


class TestOnItsWay:
    @pytest.mark.parametrize(
        ("status", "link", "stage"),
        [
            ("processing", None, Stage.IN_FLIGHT),
            ("requires_action", None, Stage.CUSTOMER_TO_ACT),
            ("requires_action", PAGE, Stage.SHOWN_ON_PAGE),
            ("processing", PAGE, Stage.IN_FLIGHT),
        ],
    )
    def test_the_stage_says_whom_it_waits_for_and_the_plan_is_kept(
        self, status: str, link: PaymentLink | None, stage: Stage
    ) -> None:
        plan = {"next_retry_at": LATER, "planned_payment_method_id": "pm_0"}

        after, _ = settled(invoice_in(Stage.PAGE_OPEN, **plan), attempt(link=link), said(PROCESSING, status))

        assert after.standing == in_stage(stage, due_at=NOW + timedelta(minutes=5), **plan)

    @pytest.mark.parametrize("stage", [Stage.RETRY_PLANNED, Stage.GIVEN_UP, Stage.SETTLING, Stage.PAID, Stage.PARKED])
    @pytest.mark.parametrize("outcome", [said(PROCESSING), said(PROCESSING, "requires_action")])
    def test_what_is_not_open_stands_where_it_stood(self, stage: Stage, outcome: Outcome) -> None:
        after, _ = settled(invoice_in(stage), attempt(), outcome)

        assert after.standing == in_stage(stage)

    @pytest.mark.parametrize("outcome", [said(PROCESSING), said(FAILED, "canceled", failure=PASSES)])
    def test_an_older_attempt_changes_nothing(self, outcome: Outcome) -> None:
        before = invoice_in(attempt=2)

        after, _ = settled(before, attempt(), outcome, 1)

        assert after == replace(before, updated_at=NOW)


class TestASuccess:
    @pytest.mark.parametrize("stage", [Stage.IN_FLIGHT, Stage.PAGE_OPEN, Stage.RETRY_PLANNED, Stage.GIVEN_UP])
    def test_in_full_pays_the_invoice_and_leaves_no_work(self, stage: Stage) -> None:
        after, settlement = settled(invoice_in(stage), attempt(), said(SUCCEEDED))

        assert after == invoice_in(
            Stage.PAID, total_paid_amount_cents=4200, attempt_started_at=RECORDED_AT, ended_at=NOW, updated_at=NOW
        )
        assert settlement.notify == (PAID, CHANGED)

    @pytest.mark.parametrize(
        ("payment", "number"),
        [
            (attempt(lago_id="another system's"), 1),
            (attempt(lago_id="0 of another system"), 1),
            (attempt(lago_id="z of another system"), 1),
            (attempt(), 2),
            (attempt(link=PAGE), 1),
        ],
    )
    def test_besides_the_last_attempt_or_on_a_page_leaves_something_to_close(
        self, payment: Payment, number: int
    ) -> None:
        after, _ = settled(invoice_in(attempt=number), payment, said(SUCCEEDED))

        assert (after.stage, after.due_at, after.payment_status) == (Stage.SETTLING, NOW, PaymentStatus.SUCCEEDED)

    @pytest.mark.parametrize("due_at", [None, LATER])
    def test_of_what_is_paid_already_leaves_what_was_to_be_done(self, due_at: datetime | None) -> None:
        paid = {"payment_status": PaymentStatus.SUCCEEDED, "status": InvoiceStatus.FINALIZED}
        before = invoice_in(Stage.SETTLING, due_at=due_at, **paid) if due_at else invoice_in(Stage.PAID)

        after, settlement = settled(before, attempt(lago_id="second"), said(SUCCEEDED))

        assert (after.stage, after.due_at, after.total_paid_amount_cents) == (before.stage, due_at, 4200)
        assert settlement.notify == (PAID,)

    def test_that_was_only_heard_of_has_stripe_asked_ten_minutes_later(self) -> None:
        heard = said(SUCCEEDED, is_only_heard=True)

        after, _ = settled(invoice_in(), attempt(), heard)
        with_work_left, _ = settled(invoice_in(), attempt(lago_id="another system's"), heard)

        assert (after.stage, after.due_at) == (Stage.SETTLING, NOW + timedelta(minutes=10))
        assert (with_work_left.stage, with_work_left.due_at) == (Stage.SETTLING, NOW)

    def test_of_what_is_being_refunded_leaves_its_time(self) -> None:
        before = invoice_in(due_at=LATER, refunding_payment_ids=("first",))

        after, _ = settled(before, attempt(link=PAGE), said(SUCCEEDED))

        assert (after.stage, after.due_at) == (Stage.SETTLING, LATER)

    @pytest.mark.parametrize("terms", [{"currency": "USD"}, {"external_customer_id": "other"}])
    def test_of_other_money_parks_what_is_owed_and_settles_nothing(self, terms: dict[str, Any]) -> None:
        after, settlement = settled(invoice_in(), attempt(**terms), said(SUCCEEDED))
        voided, _ = settled(invoice_in(Stage.VOIDED), attempt(**terms), said(SUCCEEDED))

        assert (after.stage, after.due_at, after.total_paid_amount_cents) == (Stage.PARKED, NOW, 0)
        assert (voided.stage, voided.due_at, voided.total_paid_amount_cents) == (Stage.VOIDED, None, 0)
        assert settlement.notify == (PAID,)

    def test_in_another_currency_than_the_attempt_was_over_counts_in_that_one(self) -> None:
        after, settlement = settled(invoice_in(), attempt(), said(SUCCEEDED, currency="USD"))

        assert (after.stage, settlement.payment.currency) == (Stage.PARKED, "USD")


class TestASuccessOverLess:
    PART = said(SUCCEEDED, amount_cents=4199)

    def test_is_followed_by_the_schedules_first_day(self) -> None:
        after, settlement = settled(invoice_in(), attempt(), self.PART, 1, 3)

        plan = in_stage(Stage.RETRY_PLANNED, waiting_for=ANOTHER, next_retry_at=TOMORROW, due_at=TOMORROW)
        assert (after.standing, after.total_due_amount_cents) == (plan, 1)
        assert settlement.notify == (PAID, CHANGED)

    def test_without_a_schedule_another_method_is_waited_for(self) -> None:
        after, _ = settled(invoice_in(), attempt(), self.PART)

        assert after.standing == in_stage(Stage.WAITS_FOR_ANOTHER_METHOD, due_at=TOMORROW)

    @pytest.mark.parametrize("days", [(), (1,)])
    def test_on_a_page_that_is_left_is_looked_at_at_once(self, days: tuple[int, ...]) -> None:
        after, _ = settled(invoice_in(), attempt(link=PAGE), self.PART, *days)

        assert after.due_at == NOW

    @pytest.mark.parametrize("payment", [attempt(lago_id="besides"), attempt()])
    def test_besides_the_last_attempt_has_that_one_looked_at(self, payment: Payment) -> None:
        number = 2 if payment.lago_id == OWN else 1

        after, _ = settled(invoice_in(Stage.CUSTOMER_TO_ACT, attempt=number), payment, self.PART, 1)

        assert after.standing == in_stage(Stage.CUSTOMER_TO_ACT, due_at=NOW)

    def test_of_what_is_not_owed_leaves_it_so(self) -> None:
        after, _ = settled(invoice_in(Stage.VOIDED), attempt(), self.PART, 1)

        assert (after.stage, after.total_paid_amount_cents) == (Stage.VOIDED, 4199)


class TestAFailure:
    def test_that_passes_is_followed_as_the_schedule_says_with_the_same_method(self) -> None:
        after, settlement = settled(invoice_in(), attempt(), said(FAILED, "failed", failure=PASSES), 3)

        plan = in_stage(
            Stage.RETRY_PLANNED,
            waiting_for=ANOTHER,
            next_retry_at=NOW + timedelta(days=3),
            due_at=NOW + timedelta(days=3),
            planned_payment_method_id="pm_1",
        )
        assert (after.standing, after.declined_payment_method_ids) == (plan, ("pm_1",))
        assert settlement.notify == (REFUSED, CHANGED)

    def test_of_a_transfer_is_followed_without_a_method(self) -> None:
        by_transfer = attempt(bank_transfer=BankTransfer())
        bounced = replace(PASSES, payment_method_type="card")

        after, _ = settled(invoice_in(), by_transfer, said(FAILED, "failed", failure=bounced), 3)

        assert (after.stage, after.standing.planned_payment_method_id) == (Stage.RETRY_PLANNED, None)

    @pytest.mark.parametrize(
        ("default", "stage", "due_at"),
        [
            ("pm_2", Stage.RETRY_PLANNED, NOW),
            ("pm_1", Stage.WAITS_FOR_ANOTHER_METHOD, TOMORROW),
            (None, Stage.WAITS_FOR_ANOTHER_METHOD, TOMORROW),
        ],
    )
    def test_is_followed_at_once_if_the_default_is_another_method_by_now(
        self, default: str | None, stage: Stage, due_at: datetime
    ) -> None:
        outcome = said(FAILED, "failed", failure=FOR_GOOD)

        after, _ = settled(invoice_in(), attempt(), outcome, 1, default_payment_method_id=default)

        assert (after.stage, after.due_at, after.standing.planned_payment_method_id) == (stage, due_at, None)

    @pytest.mark.parametrize(
        ("payment", "outcome", "is_at_once"),
        [
            (attempt(is_superseded=True), said(FAILED, "canceled", failure=FOR_GOOD), True),
            (attempt(is_superseded=True, link=PAGE), expired_link(), True),
            (attempt(is_superseded=True, link=PAGE), said(FAILED, "canceled", failure=FOR_GOOD), False),
            (attempt(is_superseded=True, link=PAGE), said(FAILED, "canceled", failure=BREAKS_OFF), False),
            (attempt(is_superseded=True, link=PAGE), said(FAILED, "canceled"), False),
            (attempt(link=PAGE), expired_link(), False),
            (attempt(), said(FAILED, "canceled", failure=FOR_GOOD), False),
        ],
    )
    def test_of_what_was_closed_for_another_attempt_is_followed_by_that(
        self, payment: Payment, outcome: Outcome, is_at_once: bool
    ) -> None:
        after, _ = settled(invoice_in(), payment, outcome)

        expected = (Stage.RETRY_PLANNED, NOW) if is_at_once else (Stage.WAITS_FOR_ANOTHER_METHOD, TOMORROW)
        assert (after.stage, after.due_at) == expected

    @pytest.mark.parametrize(
        ("failure", "link", "links", "is_linked"),
        [
            (WANTS_CUSTOMER, None, True, True),
            (WANTS_CUSTOMER, None, False, False),
            (WANTS_CUSTOMER, PAGE, True, False),
            (FOR_GOOD, None, True, False),
        ],
    )
    def test_that_wants_the_customer_is_followed_by_a_page_if_it_was_a_charge(
        self, failure: Failure, link: PaymentLink | None, links: bool, is_linked: bool
    ) -> None:
        outcome = said(FAILED, "requires_payment_method", failure=failure)

        after, _ = settled(invoice_in(), attempt(link=link), outcome, 1, authentication_links=links)

        waits = in_stage(Stage.WAITS_FOR_ANOTHER_METHOD, due_at=TOMORROW)
        assert after.standing == (in_stage(Stage.AUTHENTICATION_LINK_DUE, due_at=NOW) if is_linked else waits)

    def test_on_a_page_leaves_the_plan_as_it_was(self) -> None:
        planned = {"next_retry_at": LATER, "planned_payment_method_id": "pm_0"}

        after, _ = settled(invoice_in(Stage.PAGE_OPEN, **planned), attempt(link=PAGE), expired_link(), 1)

        assert after.standing == in_stage(Stage.RETRY_PLANNED, waiting_for=ANOTHER, due_at=LATER, **planned)

    @pytest.mark.parametrize(("status", "due_at"), [("requires_payment_method", NOW), ("canceled", None)])
    @pytest.mark.parametrize("stage", [Stage.SETTLING, Stage.PARKED])
    def test_of_what_is_not_owed_is_followed_by_nothing_but_its_closing(
        self, stage: Stage, status: str, due_at: datetime | None
    ) -> None:
        after, _ = settled(invoice_in(stage), attempt(), said(FAILED, status, failure=PASSES), 1)

        ended = Stage.VOIDED if stage is Stage.SETTLING and due_at is None else stage
        assert (after.stage, after.due_at, after.payment_status) == (ended, due_at, PaymentStatus.FAILED)

    @pytest.mark.parametrize("stage", [Stage.RETRY_PLANNED, Stage.GIVEN_UP, Stage.PAID])
    def test_of_what_failed_or_was_paid_already_leaves_it_so(self, stage: Stage) -> None:
        after, _ = settled(invoice_in(stage), attempt(), said(FAILED, "failed", failure=PASSES), 1)

        assert (after.standing, after.declined_payment_method_ids) == (in_stage(stage), ())


class TestWhoIsNotified:
    @pytest.mark.parametrize(
        ("stage", "payment", "outcome", "news"),
        [
            (Stage.IN_FLIGHT, attempt(), said(PROCESSING), ()),
            (Stage.IN_FLIGHT, attempt(), said(PROCESSING, "requires_action"), (ACTION,)),
            (Stage.IN_FLIGHT, attempt(), said(PROCESSING, "requires_capture"), ()),
            (Stage.IN_FLIGHT, attempt(), said(PROCESSING, "a_status_of_next_year"), ()),
            (Stage.GIVEN_UP, attempt(), said(PROCESSING, "requires_action"), (ACTION,)),
            (Stage.GIVEN_UP, attempt(), said(FAILED, "failed"), (REFUSED,)),
            (Stage.PAID, attempt(), said(FAILED, "failed"), (REFUSED,)),
            (Stage.PAID, attempt(), said(SUCCEEDED), (PAID,)),
            (Stage.PAID, attempt(link=PAGE), expired_link(), ()),
            (Stage.PAID, attempt(PROCESSING, "requires_action"), said(FAILED, "canceled"), ()),
            (Stage.PAID, attempt(PROCESSING, "requires_action"), said(FAILED, "requires_payment_method"), (REFUSED,)),
            (Stage.PAID, attempt(PROCESSING, "requires_action"), said(FAILED, "a_status_of_next_year"), (REFUSED,)),
            (Stage.PAID, attempt(PROCESSING), said(FAILED, "canceled"), (REFUSED,)),
            (
                Stage.CUSTOMER_TO_ACT,
                attempt(PROCESSING, "requires_action"),
                said(FAILED, "canceled"),
                (REFUSED, CHANGED),
            ),
            (Stage.PAGE_OPEN, attempt(link=PAGE), expired_link(), (REFUSED, CHANGED)),
        ],
    )
    def test_of_what_is_new_and_somebody_waits_for(
        self, stage: Stage, payment: Payment, outcome: Outcome, news: tuple[WebhookType, ...]
    ) -> None:
        _, settlement = settled(invoice_in(stage), payment, outcome)

        assert settlement.notify == news

    @pytest.mark.parametrize(
        ("stage", "payment", "failure", "days", "is_abandoned"),
        [
            (Stage.IN_FLIGHT, attempt(), FOR_GOOD, (1,), True),
            (Stage.IN_FLIGHT, attempt(), FOR_GOOD, (), False),
            (Stage.IN_FLIGHT, attempt(), PASSES, (1,), False),
            (Stage.IN_FLIGHT, attempt(), WANTS_CUSTOMER, (1,), False),
            (Stage.IN_FLIGHT, attempt(link=PAGE), FOR_GOOD, (1,), False),
            (Stage.GIVEN_UP, attempt(), FOR_GOOD, (1,), False),
            (Stage.VOIDED, attempt(), FOR_GOOD, (1,), False),
        ],
    )
    def test_that_nothing_follows_any_more_where_something_might_have(
        self, stage: Stage, payment: Payment, failure: Failure, days: tuple[int, ...], is_abandoned: bool
    ) -> None:
        _, settlement = settled(invoice_in(stage), payment, said(FAILED, "failed", failure=failure), *days)

        assert (ABANDONED in settlement.notify) is is_abandoned

    def test_that_nothing_follows_of_no_success_and_of_nothing_on_its_way(self) -> None:
        for outcome in (said(SUCCEEDED), said(PROCESSING), said(SUCCEEDED, amount_cents=1)):
            assert ABANDONED not in settled(invoice_in(), attempt(), outcome, 1)[1].notify


def test_if_nothing_is_said_nothing_follows() -> None:
    settlement = settle(invoice_in(), attempt(), said(FAILED, "failed", failure=WANTS_CUSTOMER), now=NOW)

    assert settlement
    assert settlement.invoice.stage is Stage.WAITS_FOR_ANOTHER_METHOD
    assert settlement.closed is None
    assert not settlement.begins
