"""Refunds: what each word from Stripe makes of a payment and of its invoice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders.records import invoice_record, payment_record
from builders.standings import in_stage, standing
from paystream.model.identifiers import derived_id
from paystream.model.invoice import Invoice
from paystream.model.notification import WebhookType
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.payment_dispute import Dispute
from paystream.model.payment_refund import Refund, RefundStatus
from paystream.model.refund import (
    KEY_LACKS_PERMISSION,
    RefundOutcome,
    begin_refund,
    is_refundable,
    refused_refund,
    settle_refund,
    with_refund_sent,
)
from paystream.model.settlement import Settlement
from paystream.model.standing import PaymentStatus, Stage

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
UNDER_WAY = [RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION]
ENDED = [RefundStatus.FAILED, RefundStatus.CANCELED]


def paid(*, due_at: datetime | None = None) -> tuple[Invoice, Payment]:
    invoice = invoice_record(
        total_paid_amount_cents=4200, standing=standing(payment_status=PaymentStatus.SUCCEEDED, due_at=due_at)
    )
    payment = payment_record(status="succeeded", payment_status=PayableStatus.SUCCEEDED, provider_payment_id="pi_1")
    return invoice, payment


def begun(*, due_at: datetime | None = None) -> Settlement:
    invoice, payment = paid(due_at=due_at)
    refund = Refund(lago_id="refund", amount_cents=1000, status=RefundStatus.PENDING, created_at=NOW, updated_at=NOW)
    return begin_refund(invoice, payment, refund, due_at=NOW + timedelta(minutes=15), now=NOW)


def word(status: RefundStatus, provider_refund_id: str | None = "re_1") -> RefundOutcome:
    return RefundOutcome(status=status, amount_cents=1000, lago_id="refund", provider_refund_id=provider_refund_id)


def after(*statuses: RefundStatus) -> Settlement:
    """What these words come to, one after the other."""
    settlement = begun()
    for status in statuses:
        settled = settle_refund(settlement.invoice, settlement.payment, word(status), now=NOW)
        settlement = settled[0] if settled else settlement
    return settlement


def test_the_invoice_is_watched_as_long_as_a_refund_is_under_way() -> None:
    assert begun().invoice.refunding_payment_ids == ("payment",)
    assert after(RefundStatus.PENDING).invoice.refunding_payment_ids == ("payment",)
    assert after(RefundStatus.SUCCEEDED).invoice.refunding_payment_ids == ()


@pytest.mark.parametrize("status", [*UNDER_WAY, RefundStatus.SUCCEEDED])
def test_what_has_gone_back_or_is_to_counts(status: RefundStatus) -> None:
    settled = after(status)

    assert (settled.payment.refunded_amount_cents, settled.invoice.total_refunded_amount_cents) == (1000, 1000)


@pytest.mark.parametrize("end", [RefundStatus.SUCCEEDED, *ENDED])
@pytest.mark.parametrize("before", UNDER_WAY)
def test_what_is_under_way_may_end(before: RefundStatus, end: RefundStatus) -> None:
    assert after(before, end).payment.refunds[0].status is end


@pytest.mark.parametrize("end", ENDED)
@pytest.mark.parametrize("before", [*UNDER_WAY, RefundStatus.SUCCEEDED])
def test_what_failed_or_was_canceled_counts_no_more(before: RefundStatus, end: RefundStatus) -> None:
    settled = after(before, end)

    assert settled.payment.refunds[0].status is end
    assert (settled.payment.refunded_amount_cents, settled.invoice.total_refunded_amount_cents) == (0, 0)


@pytest.mark.parametrize("late", UNDER_WAY)
@pytest.mark.parametrize("end", [RefundStatus.SUCCEEDED, *ENDED])
def test_an_older_word_that_comes_late_brings_nothing(end: RefundStatus, late: RefundStatus) -> None:
    settled = after(end)

    assert settle_refund(settled.invoice, settled.payment, word(late), now=NOW) is None


@pytest.mark.parametrize("end", ENDED)
def test_the_success_of_what_has_failed_since_brings_nothing(end: RefundStatus) -> None:
    settled = after(RefundStatus.SUCCEEDED, end)

    assert settle_refund(settled.invoice, settled.payment, word(RefundStatus.SUCCEEDED), now=NOW) is None


def test_a_refund_may_ask_the_customer_and_go_on() -> None:
    assert after(RefundStatus.REQUIRES_ACTION, RefundStatus.PENDING).payment.refunds[0].status is RefundStatus.PENDING


def test_one_that_was_refused_is_superseded_by_one_that_was_made_all_the_same() -> None:
    settlement = begun()
    refused = settle_refund(
        settlement.invoice, settlement.payment, word(RefundStatus.FAILED, provider_refund_id=None), now=NOW
    )
    assert refused

    made = settle_refund(refused[0].invoice, refused[0].payment, word(RefundStatus.SUCCEEDED), now=NOW)

    assert made
    assert [refund.status for refund in made[0].payment.refunds] == [RefundStatus.SUCCEEDED]


def test_a_late_refusal_of_one_that_was_made_after_all_brings_nothing() -> None:
    settled = after(RefundStatus.SUCCEEDED)

    refusal = word(RefundStatus.FAILED, provider_refund_id=None)

    assert settle_refund(settled.invoice, settled.payment, refusal, now=NOW) is None


@pytest.mark.parametrize("status", RefundStatus)
def test_when_a_refund_ends_the_time_for_anything_else_stays(status: RefundStatus) -> None:
    settlement = begun(due_at=NOW)

    settled = settle_refund(settlement.invoice, settlement.payment, word(status), now=NOW)

    assert settlement.invoice.due_at == NOW
    assert settled is None or settled[0].invoice.due_at == NOW


LATER, DAY = NOW + timedelta(hours=1), timedelta(days=1)
SUCCESSFUL = paid()[1]


def a_refund(status: RefundStatus = RefundStatus.PENDING, **fields: Any) -> Refund:
    known = Refund(lago_id="refund", amount_cents=1000, status=status, created_at=NOW, updated_at=NOW)
    return replace(known, **fields)


def refunding(*refunds: Refund, **fields: Any) -> tuple[Invoice, Payment]:
    """A paid invoice and its payment with these refunds; `fields` are the invoice's."""
    invoice, payment = paid()
    return replace(invoice, **fields), replace(payment, refunds=refunds)


class TestBegin:
    def test_it_is_on_record_and_counted_and_sent_when_the_invoice_is_due(self) -> None:
        invoice, payment = paid()

        settlement = begin_refund(invoice, payment, a_refund(), due_at=LATER, now=NOW)

        assert settlement.payment == replace(payment, refunds=(a_refund(),), updated_at=NOW)
        assert settlement.invoice == replace(
            invoice,
            total_refunded_amount_cents=1000,
            refunding_payment_ids=("payment",),
            standing=replace(invoice.standing, stage=Stage.SETTLING, due_at=LATER),
            updated_at=NOW,
        )
        assert settlement.notify == ()

    @pytest.mark.parametrize(("was_due", "is_due"), [(NOW, NOW), (NOW + DAY, LATER), (None, LATER)])
    def test_it_waits_no_longer_than_the_invoice_does(self, was_due: datetime | None, is_due: datetime) -> None:
        invoice, payment = paid(due_at=was_due)

        assert begin_refund(invoice, payment, a_refund(), due_at=LATER, now=NOW).invoice.due_at == is_due

    def test_a_second_one_stands_behind_the_first_and_its_payment_is_named_once(self) -> None:
        first = begun()

        second = begin_refund(first.invoice, first.payment, a_refund(lago_id="second"), due_at=LATER, now=NOW)

        assert [one.lago_id for one in second.payment.refunds] == ["refund", "second"]
        assert second.invoice.refunding_payment_ids == ("payment",)

    def test_those_of_other_payments_stay_under_way(self) -> None:
        invoice, payment = refunding(refunding_payment_ids=("other", "z other"))
        begun = begin_refund(invoice, payment, a_refund(), due_at=LATER, now=NOW)
        ended = settle_refund(begun.invoice, begun.payment, word(RefundStatus.SUCCEEDED), now=NOW)

        assert ended
        assert begun.invoice.refunding_payment_ids == ("other", "z other", "payment")
        assert ended.settlement.invoice.refunding_payment_ids == ("other", "z other")

    def test_a_claim_of_the_invoice_is_kept(self) -> None:
        _, payment = paid()
        waiting = invoice_record(standing=in_stage(Stage.WAITING, claimed_until=LATER))

        begun = begin_refund(waiting, payment, a_refund(), due_at=NOW, now=NOW)
        ended = settle_refund(begun.invoice, begun.payment, word(RefundStatus.SUCCEEDED), now=NOW)

        assert ended
        assert begun.invoice.is_claimed(NOW)
        assert ended.settlement.invoice.is_claimed(NOW)

    def test_of_other_money_nothing_counts_on_the_invoice(self) -> None:
        invoice, payment = paid()

        begun = begin_refund(invoice, replace(payment, currency="USD"), a_refund(), due_at=LATER, now=NOW)

        assert begun.invoice.total_refunded_amount_cents == 0
        assert begun.payment.refunded_amount_cents == 1000


class TestMayBeRefunded:
    @pytest.mark.parametrize("status", PayableStatus)
    def test_only_what_was_paid(self, status: PayableStatus) -> None:
        assert is_refundable(payment_record(payment_status=status)) is (status is PayableStatus.SUCCEEDED)

    @pytest.mark.parametrize(("status", "may_be"), [("lost", False), ("won", True), ("needs_response", True)])
    def test_not_what_the_bank_has_taken_back(self, status: str, may_be: bool) -> None:
        dispute = Dispute(id="du_1", status=status, reason="fraudulent", amount_cents=4200, currency="EUR")

        assert is_refundable(replace(SUCCESSFUL, disputes=(dispute,))) is may_be

    @pytest.mark.parametrize(("number", "may_be"), [(99, True), (100, False), (101, False)])
    def test_a_hundred_times_at_most(self, number: int, may_be: bool) -> None:
        assert is_refundable(replace(SUCCESSFUL, refunds=(a_refund(RefundStatus.FAILED),) * number)) is may_be


class TestSettle:
    def test_what_stripe_says_is_kept_and_the_rest_stays(self) -> None:
        asked_for = a_refund(reason="requested_by_customer", is_unsent=True)
        invoice, payment = refunding(asked_for, a_refund(lago_id="another"))
        outcome = replace(word(RefundStatus.FAILED), amount_cents=900, failure_reason="declined", reason="duplicate")

        settled = settle_refund(invoice, payment, outcome, now=LATER)

        assert settled
        assert settled.refund == replace(
            asked_for,
            status=RefundStatus.FAILED,
            amount_cents=900,
            provider_refund_id="re_1",
            failure_reason="declined",
            updated_at=LATER,
        )
        assert settled.settlement.payment.refunds == (settled.refund, payment.refunds[1])
        assert settled.settlement.payment.updated_at == LATER

    @pytest.mark.parametrize(
        ("status", "news"),
        [
            (RefundStatus.PENDING, ()),
            (RefundStatus.REQUIRES_ACTION, ()),
            (RefundStatus.SUCCEEDED, (WebhookType.PAYMENT_REFUND_SUCCEEDED,)),
            (RefundStatus.FAILED, (WebhookType.PAYMENT_REFUND_FAILED,)),
            (RefundStatus.CANCELED, (WebhookType.PAYMENT_REFUND_FAILED,)),
        ],
    )
    def test_an_end_is_notified_once(self, status: RefundStatus, news: tuple[WebhookType, ...]) -> None:
        made = settle_refund(*paid(), word(status), now=NOW)
        again = settle_refund(*refunding(a_refund(status)), word(status), now=NOW)

        assert made
        assert made.news == news
        assert made.settlement.notify == ()
        assert again
        assert again.news == ()

    def test_one_that_was_made_at_stripe_is_kept_beside_the_others(self) -> None:
        invoice, payment = refunding(a_refund(provider_refund_id="re_0"))
        made = RefundOutcome(
            status=RefundStatus.SUCCEEDED,
            amount_cents=500,
            created_at=NOW - DAY,
            provider_refund_id="re_2",
            reason="fraudulent",
        )

        settled = settle_refund(invoice, payment, made, now=NOW)

        assert settled
        assert settled.refund == Refund(
            lago_id=derived_id("refund at Stripe", "organization", "payment", "re_2"),
            amount_cents=500,
            status=RefundStatus.SUCCEEDED,
            reason="fraudulent",
            provider_refund_id="re_2",
            created_at=NOW - DAY,
            updated_at=NOW,
        )
        assert settled.settlement.payment.refunds == (*payment.refunds, settled.refund)
        assert settled.settlement.invoice.total_refunded_amount_cents == 500

    def test_one_of_which_stripe_says_no_time_was_made_now(self) -> None:
        settled = settle_refund(*paid(), replace(word(RefundStatus.PENDING), lago_id=None), now=LATER)

        assert settled
        assert settled.refund.created_at == LATER

    @pytest.mark.parametrize(
        ("known", "outcome", "is_the_same"),
        [
            (a_refund(provider_refund_id="re_1", lago_id="another"), word(RefundStatus.SUCCEEDED), True),
            (a_refund(provider_refund_id="re_1"), word(RefundStatus.SUCCEEDED, "re_2"), False),
            (a_refund(provider_refund_id="re_0"), word(RefundStatus.SUCCEEDED), False),
            (a_refund(), word(RefundStatus.SUCCEEDED), True),
            (a_refund(), word(RefundStatus.FAILED, None), True),
            (a_refund(lago_id="another"), word(RefundStatus.SUCCEEDED), False),
            (a_refund(lago_id="another"), word(RefundStatus.FAILED, None), False),
            (a_refund(lago_id="z another"), word(RefundStatus.SUCCEEDED), False),
        ],
    )
    def test_it_is_known_by_stripes_id_or_by_ours_where_there_is_none(
        self, known: Refund, outcome: RefundOutcome, is_the_same: bool
    ) -> None:
        settled = settle_refund(*refunding(known), outcome, now=NOW)

        assert settled
        assert len(settled.settlement.payment.refunds) == (1 if is_the_same else 2)

    def test_a_refusal_of_one_that_was_made_is_no_news(self) -> None:
        made = a_refund(provider_refund_id="re_1")

        assert settle_refund(*refunding(made), word(RefundStatus.FAILED, None), now=NOW) is None

    @pytest.mark.parametrize("status", RefundStatus)
    def test_what_is_said_again_is_no_news(self, status: RefundStatus) -> None:
        known = a_refund(status, provider_refund_id="re_1")

        assert settle_refund(*refunding(known), word(status), now=NOW) is None

    def test_one_end_does_not_follow_another(self) -> None:
        failed = a_refund(RefundStatus.FAILED, provider_refund_id="re_1")
        canceled = a_refund(RefundStatus.CANCELED, provider_refund_id="re_1")

        assert settle_refund(*refunding(failed), word(RefundStatus.CANCELED), now=NOW) is None
        assert settle_refund(*refunding(canceled), word(RefundStatus.FAILED), now=NOW) is None

    def test_while_it_is_under_way_the_invoice_is_looked_at_daily(self) -> None:
        pending = settle_refund(*paid(), word(RefundStatus.PENDING), now=NOW)
        ended = settle_refund(*paid(), word(RefundStatus.SUCCEEDED), now=NOW)

        assert pending
        assert ended
        assert (pending.settlement.invoice.stage, pending.settlement.invoice.due_at) == (Stage.SETTLING, NOW + DAY)
        assert (ended.settlement.invoice.stage, ended.settlement.invoice.due_at) == (Stage.PAID, None)

    @pytest.mark.parametrize(
        ("end", "due_at"), [(RefundStatus.SUCCEEDED, None), (RefundStatus.FAILED, NOW), (RefundStatus.CANCELED, NOW)]
    )
    def test_where_the_money_stays_the_invoice_is_looked_at_once_more(
        self, end: RefundStatus, due_at: datetime | None
    ) -> None:
        settled = settle_refund(*refunding(a_refund()), word(end), now=NOW)

        assert settled
        assert settled.settlement.invoice.due_at == due_at

    def test_of_what_is_not_paid_it_is_looked_at_when_it_was_to_be(self) -> None:
        _, payment = refunding(a_refund())
        settled = settle_refund(
            invoice_record(standing=in_stage(Stage.GIVEN_UP)), payment, word(RefundStatus.FAILED), now=NOW
        )

        assert settled
        assert settled.settlement.invoice.due_at is None

    def test_one_that_stripe_has_not_made_has_failed_for_that_reason(self) -> None:
        refused = refused_refund("refund", 1000, "duplicate", "key_lacks_permission")

        assert refused == RefundOutcome(
            status=RefundStatus.FAILED,
            amount_cents=1000,
            lago_id="refund",
            reason="duplicate",
            failure_reason="key_lacks_permission",
        )
        assert KEY_LACKS_PERMISSION == "key_lacks_permission"


def test_a_planned_refund_counts_as_sent_before_it_is() -> None:
    planned, other = a_refund(is_unsent=True), a_refund(lago_id="other", is_unsent=True)
    invoice, payment = refunding(planned, other)

    sent = with_refund_sent(invoice, payment, planned, LATER)

    assert sent.payment.refunds == (replace(planned, is_unsent=False, updated_at=LATER), other)
    assert (sent.payment.updated_at, sent.invoice, sent.notify) == (LATER, replace(invoice, updated_at=LATER), ())
