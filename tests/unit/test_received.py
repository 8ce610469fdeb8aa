"""What an invoice gets back whose item was replaced: all that its payments on record say."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.records import RECORDED_AT, invoice_record, payment_record
from paystream.model.invoice import Problem
from paystream.model.item_history import ItemHistory
from paystream.model.manual_payment import ManualPayment
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.payment_dispute import Dispute
from paystream.model.payment_refund import Refund, RefundStatus
from paystream.model.received import (
    OnRecord,
    as_on_record,
    has_come,
    is_forgotten,
    paid_otherwise,
    settles,
    with_paid_elsewhere,
    with_payments,
    with_sums,
)

BY_HAND = ManualPayment(
    organization_id="organization",
    lago_id="by hand",
    invoice_id="invoice",
    invoice_number="1",
    external_customer_id="acme",
    amount_cents=700,
    currency="EUR",
    reference="transfer",
    created_at=RECORDED_AT,
    updated_at=RECORDED_AT,
)
SEVEN_ELSEWHERE = ItemHistory(
    RECORDED_AT,
    (),
    paid_elsewhere_cents=700,
    paid_elsewhere_currency="EUR",
    paid_elsewhere_customer="acme",
)
EARLIER, LATER = RECORDED_AT + timedelta(days=1), RECORDED_AT + timedelta(days=2)


def paid(lago_id: str = "payment", **fields: object) -> Payment:
    return payment_record(lago_id=lago_id, payment_status=PayableStatus.SUCCEEDED, **fields)


def refund(status: RefundStatus, amount: int) -> Refund:
    return Refund(
        lago_id=status.value, amount_cents=amount, status=status, created_at=RECORDED_AT, updated_at=RECORDED_AT
    )


def dispute(status: str, ended_at: object = None) -> Dispute:
    dispute = Dispute(id="du_1", status=status, reason="fraudulent", amount_cents=4200, currency="EUR")
    return Dispute(**{name: getattr(dispute, name) for name in dispute.__slots__} | {"ended_at": ended_at})


def test_without_payments_it_stays_as_it_is() -> None:
    assert with_payments(invoice_record(), ()) == invoice_record()


def test_what_came_by_hand_and_what_succeeded_is_paid() -> None:
    invoice = with_payments(invoice_record(total_paid_amount_cents=5), (BY_HAND, paid(amount_cents=3500)))

    assert invoice == invoice_record(total_paid_amount_cents=4205)


@pytest.mark.parametrize("status", [PayableStatus.PENDING, PayableStatus.PROCESSING, PayableStatus.FAILED])
def test_what_has_not_succeeded_is_not_paid(status: PayableStatus) -> None:
    assert with_payments(invoice_record(), (payment_record(payment_status=status),)) == invoice_record()


def test_what_went_back_or_is_to_is_known_and_what_is_on_its_way_is_watched() -> None:
    ended = paid("ended", refunds=(refund(RefundStatus.SUCCEEDED, 100), refund(RefundStatus.FAILED, 30)))
    under_way = paid("under way", refunds=(refund(RefundStatus.PENDING, 20),))
    before = invoice_record(total_refunded_amount_cents=3, refunding_payment_ids=("another",))

    invoice = with_payments(before, (ended, under_way))

    assert invoice.total_refunded_amount_cents == 123
    assert invoice.refunding_payment_ids == ("another", "under way")
    assert invoice.total_paid_amount_cents == 8400


def test_the_latest_dispute_that_was_lost_counts() -> None:
    first, second = paid(disputes=(dispute("lost", LATER),)), paid(disputes=(dispute("lost", EARLIER),))

    assert with_payments(invoice_record(), (first, second)).payment_dispute_lost_at == LATER
    assert with_payments(invoice_record(), (second, first)).payment_dispute_lost_at == LATER


@pytest.mark.parametrize("known", [None, dispute("a_status_of_next_year", LATER), dispute("won", LATER)])
def test_a_dispute_that_is_open_or_won_took_nothing(known: Dispute | None) -> None:
    assert with_payments(invoice_record(), (paid(disputes=(known,) if known else ()),)).payment_dispute_lost_at is None


def test_only_money_in_its_currency_and_of_its_customer_makes_an_invoice_paid() -> None:
    invoice = invoice_record()

    for payment in (paid(), BY_HAND):
        assert settles(invoice, payment)
        assert not settles(invoice, replace(payment, currency="USD"))
        assert not settles(invoice, replace(payment, external_customer_id="globex"))
    assert with_payments(invoice, (paid(currency="USD"), replace(BY_HAND, currency="USD"))) == invoice


def test_what_went_back_of_other_money_is_not_counted_but_watched() -> None:
    in_dollars = paid(currency="USD", refunds=(refund(RefundStatus.PENDING, 100),))

    invoice = with_payments(invoice_record(), (in_dollars,))

    assert (invoice.total_refunded_amount_cents, invoice.refunding_payment_ids) == (0, ("payment",))


@pytest.mark.parametrize("status", PayableStatus)
def test_an_attempt_has_brought_money_once_it_has_succeeded(status: PayableStatus) -> None:
    assert has_come(payment_record(payment_status=status)) is (status is PayableStatus.SUCCEEDED)
    assert has_come(BY_HAND)


class TestAnItemThatSaysOtherwiseThanWhatWasPaid:
    def test_is_parked_with_all_terms_that_differ(self) -> None:
        other = invoice_record(currency="USD", external_customer_id="glöbex")

        found = paid_otherwise(other, (paid(), BY_HAND))

        assert found is not None
        problem, rejected = found
        says = ["does_not_match_payments"]
        assert problem == Problem(code="invalid_item", details={"currency": says, "external_customer_id": says})
        assert json.loads(rejected) == {"currency": "USD", "external_customer_id": "glöbex"}
        assert "glöbex" in rejected

    def test_is_parked_with_the_one_that_differs(self) -> None:
        found = paid_otherwise(invoice_record(currency="USD"), (BY_HAND,))

        assert found is not None
        assert list(found[0].details) == ["currency"]
        assert json.loads(found[1]) == {"currency": "USD"}

    def test_is_taken_in_if_only_what_brought_nothing_differs(self) -> None:
        assert paid_otherwise(invoice_record(currency="USD"), (payment_record(),)) is None
        assert paid_otherwise(invoice_record(), (paid(), BY_HAND), SEVEN_ELSEWHERE) is None

    def test_is_parked_if_what_was_paid_elsewhere_differs(self) -> None:
        in_dollars, in_francs = invoice_record(currency="USD"), invoice_record(currency="CHF")
        of_another = invoice_record(external_customer_id="globex")

        for invoice, term in (
            (in_dollars, "currency"),
            (in_francs, "currency"),
            (of_another, "external_customer_id"),
        ):
            found = paid_otherwise(invoice, (), SEVEN_ELSEWHERE)
            assert found is not None
            assert list(found[0].details) == [term]

    def test_is_taken_in_if_nothing_was_paid_elsewhere_or_nobody_knows_by_whom(self) -> None:
        of_another = invoice_record(external_customer_id="globex")

        assert paid_otherwise(of_another, (), replace(SEVEN_ELSEWHERE, paid_elsewhere_cents=0)) is None
        assert paid_otherwise(of_another, (), replace(SEVEN_ELSEWHERE, paid_elsewhere_customer=None)) is None
        assert paid_otherwise(of_another, (), None) is None

    def test_a_single_cent_that_was_paid_elsewhere_counts(self) -> None:
        assert paid_otherwise(invoice_record(currency="USD"), (), replace(SEVEN_ELSEWHERE, paid_elsewhere_cents=1))


class TestAnItemThatDoesNotKnow:
    KNOWS = invoice_record(attempt=1, total_paid_amount_cents=4200)

    def test_its_last_attempt_is_a_replacement(self) -> None:
        second = payment_record(lago_id="second", attempt=2)

        assert is_forgotten(invoice_record(attempt=1), (payment_record(), second), None)
        assert is_forgotten(invoice_record(attempt=0), (payment_record(),), None)
        assert not is_forgotten(invoice_record(attempt=2), (payment_record(), second), None)
        assert not is_forgotten(invoice_record(attempt=3), (payment_record(), second), None)
        assert not is_forgotten(invoice_record(attempt=0), (), None)
        assert not is_forgotten(invoice_record(attempt=0), iter(()), None)

    def test_money_that_came_is_a_replacement(self) -> None:
        assert not is_forgotten(self.KNOWS, (paid(),), None)
        assert is_forgotten(self.KNOWS, iter((paid(), replace(BY_HAND, amount_cents=1))), None)
        assert is_forgotten(invoice_record(attempt=1), (), SEVEN_ELSEWHERE)
        assert not is_forgotten(replace(self.KNOWS, total_paid_amount_cents=4201), (paid(),), None)

    def test_that_it_was_voided_is_a_replacement(self) -> None:
        voided = ItemHistory(RECORDED_AT, (), voided_at=RECORDED_AT)

        assert is_forgotten(self.KNOWS, (), voided)
        assert not is_forgotten(replace(self.KNOWS, voided_at=RECORDED_AT), (), voided)
        assert not is_forgotten(self.KNOWS, (), ItemHistory(RECORDED_AT, ()))
        assert not is_forgotten(self.KNOWS, (), None)


class TestWhatIsOnRecord:
    SAYS = invoice_record(
        total_paid_amount_cents=5,
        total_refunded_amount_cents=3,
        refunding_payment_ids=("another",),
        payment_dispute_lost_at=LATER,
    )

    def test_counts_and_not_what_the_item_says(self) -> None:
        assert as_on_record(self.SAYS, (), None) == invoice_record()
        assert as_on_record(self.SAYS, (BY_HAND,), SEVEN_ELSEWHERE) == invoice_record(total_paid_amount_cents=1400)

    def test_says_what_went_back_whatever_a_backup_says(self) -> None:
        back = paid(refunds=(refund(RefundStatus.SUCCEEDED, 100),))

        found = with_sums(self.SAYS, OnRecord((back,), SEVEN_ELSEWHERE))

        assert found == replace(
            self.SAYS,
            total_paid_amount_cents=4200,
            total_refunded_amount_cents=100,
            refunding_payment_ids=(),
            payment_dispute_lost_at=None,
        )

    def test_says_of_a_lost_dispute_and_of_payments_what_the_item_does_not_know(self) -> None:
        lost = paid(disputes=(dispute("lost", EARLIER),))
        knows_more = replace(self.SAYS, total_paid_amount_cents=5000)

        assert with_sums(self.SAYS, OnRecord((lost,), None)).payment_dispute_lost_at == EARLIER
        assert with_sums(knows_more, OnRecord((lost,), None)).total_paid_amount_cents == 5000

    def test_of_payments_the_newest_form_of_each_is_kept(self) -> None:
        a, b, c = (payment_record(lago_id=name) for name in "abc")

        assert OnRecord((a, b, c), SEVEN_ELSEWHERE).with_payment(paid("b")) == OnRecord(
            (a, c, paid("b")), SEVEN_ELSEWHERE
        )


def test_what_was_paid_elsewhere_counts_in_the_currency_that_it_was_paid_in() -> None:
    invoice = invoice_record(total_paid_amount_cents=5)

    assert with_paid_elsewhere(invoice, SEVEN_ELSEWHERE).total_paid_amount_cents == 705
    assert with_paid_elsewhere(replace(invoice, currency="USD"), SEVEN_ELSEWHERE).total_paid_amount_cents == 5
    assert with_paid_elsewhere(invoice, ItemHistory(RECORDED_AT, (), paid_elsewhere_cents=7)) == invoice
    assert with_paid_elsewhere(invoice, None) == invoice
