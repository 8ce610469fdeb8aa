"""A surplus: what came beyond what is owed, by all that is on record, and what of it goes back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders.records import invoice_record, payment_record
from builders.standings import in_stage, standing
from paystream.model.identifiers import derived_id
from paystream.model.invoice import Invoice, Problem
from paystream.model.item_history import ItemHistory
from paystream.model.notification import WebhookType
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.payment_dispute import Dispute
from paystream.model.payment_refund import Refund, RefundStatus
from paystream.model.received import OnRecord
from paystream.model.settlement import Settlement
from paystream.model.standing import PaymentStatus, Stage
from paystream.model.surplus import (
    DUPLICATE,
    ToSendBack,
    automatic_refund,
    cut_to_surplus,
    may_be_too_much,
    second_payment,
    surplus,
    with_refund_of_surplus,
)

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
OPEN = invoice_record()
PAID = invoice_record(total_paid_amount_cents=4200, standing=standing(payment_status=PaymentStatus.SUCCEEDED))
PARKED = invoice_record(standing=in_stage(Stage.PARKED), problem=Problem(code="invalid_item", details={}))


def received(lago_id: str = "payment", *refunds: Refund, amount_cents: int = 4200, **fields: Any) -> Payment:
    """A payment that has succeeded."""
    known = payment_record(
        lago_id=lago_id, status="succeeded", payment_status=PayableStatus.SUCCEEDED, provider_payment_id=f"pi_{lago_id}"
    )
    return replace(known, refunds=refunds, amount_cents=amount_cents, **fields)


def back(amount_cents: int = 4200, status: RefundStatus = RefundStatus.SUCCEEDED, lago_id: str = "back") -> Refund:
    return Refund(lago_id=lago_id, amount_cents=amount_cents, status=status, created_at=NOW, updated_at=NOW)


def automatic(of: str, amount_cents: int = 4200, status: RefundStatus = RefundStatus.PENDING) -> Refund:
    return back(amount_cents, status, derived_id("refund of a second payment", "organization", of))


def elsewhere(cents: int) -> ItemHistory:
    return ItemHistory(
        taken_in_at=NOW,
        payment_ids=(),
        paid_elsewhere_cents=cents,
        paid_elsewhere_currency=OPEN.currency,
        paid_elsewhere_customer=OPEN.external_customer_id,
    )


class TestMayBeTooMuch:
    @pytest.mark.parametrize(
        ("before", "amount", "may_be"),
        [
            (OPEN, 4199, False),
            (OPEN, 4200, False),
            (OPEN, 4201, True),
            (replace(OPEN, total_paid_amount_cents=1000), 3200, False),
            (replace(OPEN, total_paid_amount_cents=1000), 3201, True),
            (PAID, 1, True),
            (invoice_record(standing=in_stage(Stage.VOIDED)), 1, True),
        ],
    )
    def test_where_more_came_than_was_owed(self, before: Invoice, amount: int, may_be: bool) -> None:
        assert may_be_too_much(before, received(amount_cents=amount)) is may_be

    def test_only_by_a_success_in_the_invoices_money(self) -> None:
        assert not may_be_too_much(PAID, replace(received(), payment_status=PayableStatus.FAILED))
        assert not may_be_too_much(PAID, received(currency="USD"))
        assert not may_be_too_much(PAID, received(external_customer_id="other"))


class TestSurplus:
    @pytest.mark.parametrize(
        ("payments", "cents"),
        [
            ((received(amount_cents=4199),), 0),
            ((received(),), 0),
            ((received(amount_cents=4201),), 1),
            ((received(), received("second")), 4200),
            ((received(), received("second", amount_cents=1)), 1),
            ((received("payment", back(1000)), received("second")), 3200),
            ((received("payment", back()), received("second")), 0),
            ((received("payment", back(), back(lago_id="more")), received("second")), 0),
            ((received("payment", back(status=RefundStatus.PENDING)), received("second")), 0),
            ((received("payment", back(status=RefundStatus.FAILED)), received("second")), 4200),
            ((received(), received("second", currency="USD")), 0),
        ],
    )
    def test_is_what_came_beyond_what_is_owed_and_not_back(self, payments: tuple[Payment, ...], cents: int) -> None:
        assert surplus(PAID, OnRecord(payments, None)) == cents

    def test_does_not_rest_on_what_the_item_says(self) -> None:
        backup = replace(PAID, total_paid_amount_cents=0, total_refunded_amount_cents=4200)

        assert surplus(backup, OnRecord((received(), received("second")), None)) == 4200

    def test_what_was_said_to_be_paid_elsewhere_counts(self) -> None:
        assert surplus(PAID, OnRecord((received(amount_cents=1000),), elsewhere(4200))) == 1000

    def test_is_none_where_a_dispute_was_lost(self) -> None:
        dispute = Dispute(
            id="du_1", status="lost", reason="fraudulent", amount_cents=4200, currency="EUR", ended_at=NOW
        )

        assert surplus(PAID, OnRecord((received(disputes=(dispute,)), received("second")), None)) == 0

    def test_is_not_known_of_an_item_that_is_parked(self) -> None:
        assert surplus(PARKED, OnRecord((received(), received("second")), None)) == 0


class TestSecondPayment:
    def of(self, *payments: Payment, history: ItemHistory | None = None) -> ToSendBack | None:
        return second_payment(PAID, OnRecord(payments, history))

    def test_is_the_last_success(self) -> None:
        first, last = received("z first", provider_created_at=NOW), received("last", provider_created_at=LATER)

        assert self.of(first, last) == self.of(last, first) == ToSendBack(last, 4200)

    def test_by_the_time_of_its_record_where_stripes_is_not_known(self) -> None:
        first, last = received("z first", created_at=NOW), received("last", created_at=LATER)

        assert self.of(first, last) == self.of(last, first) == ToSendBack(last, 4200)

    def test_goes_back_as_far_as_it_is_too_much_and_left(self) -> None:
        large, taken = received("large", amount_cents=9000), received("taken", back(4000), created_at=LATER)

        second = received("second", created_at=LATER)

        assert self.of(received("payment", back(1000)), second) == ToSendBack(second, 3200)
        assert self.of(large, taken) == ToSendBack(taken, 200)
        assert self.of(received(amount_cents=1), second) == ToSendBack(second, 1)

    def test_is_none_while_nothing_is_too_much(self) -> None:
        assert self.of(received("payment", back()), received("second")) is None
        assert self.of() is None

    def test_is_none_where_a_smaller_item_has_replaced_what_was_paid(self) -> None:
        declined = received("declined", created_at=LATER, payment_status=PayableStatus.FAILED)

        assert self.of(received(amount_cents=9000)) is None
        assert self.of(received(amount_cents=9000), declined) is None
        assert self.of(received(amount_cents=9000), received("in dollars", currency="USD")) is None

    def test_comes_after_what_was_paid_elsewhere(self) -> None:
        assert self.of(received(), history=elsewhere(4200)) == ToSendBack(received(), 4200)
        assert self.of(received(), history=elsewhere(1)) == ToSendBack(received(), 1)
        assert self.of(received(amount_cents=9000), history=elsewhere(0)) is None

    def test_is_none_of_which_more_has_gone_back_than_it_brought(self) -> None:
        taken = received("taken", back(4201), created_at=LATER)

        assert self.of(received("large", amount_cents=9000), taken) is None

    def test_is_none_that_goes_back_already_and_the_one_before_is_left(self) -> None:
        going = received("second", automatic("second"), created_at=LATER)

        another = received("another", created_at=NOW + timedelta(seconds=1))

        assert self.of(received(), going) is None
        assert self.of(received(), another, going) == ToSendBack(another, 4200)

    @pytest.mark.parametrize("end", [RefundStatus.FAILED, RefundStatus.CANCELED])
    def test_that_did_not_go_back_is_left_to_a_person(self, end: RefundStatus) -> None:
        assert self.of(received(), received("second", automatic("second", status=end))) is None

    def test_is_never_what_cannot_be_refunded(self) -> None:
        full = received("second", *(back(0, RefundStatus.FAILED, str(number)) for number in range(100)))

        assert self.of(received(), replace(full, created_at=LATER)) == ToSendBack(received(), 4200)


def test_its_refund_is_on_record_and_sent_at_once() -> None:
    settlement = Settlement(PAID, received(), (WebhookType.PAYMENT_SUCCEEDED,))

    planned = with_refund_of_surplus(settlement, 1000, NOW)

    assert planned.payment.refunds == (replace(automatic("payment", 1000), reason="duplicate", is_unsent=True),)
    assert (planned.invoice.due_at, planned.notify) == (NOW, (WebhookType.PAYMENT_SUCCEEDED,))
    assert planned.invoice.total_refunded_amount_cents == 1000
    assert DUPLICATE == "duplicate"


def test_its_refund_is_known_by_its_id() -> None:
    assert automatic_refund(received("payment", back(), automatic("payment"))) == automatic("payment")
    assert automatic_refund(received("payment", back(), automatic("other"))) is None


class TestCutToSurplus:
    def cut(self, *others: Refund, before: tuple[Payment, ...] = (received("before"),), **fields: Any) -> int | None:
        """What is left of the automatic refund of a second payment when these refunds of it are on record too, and
        these payments. None if it stays as it is.
        """
        planned = replace(automatic("payment"), **fields)
        payment = received("payment", *others, planned)
        sum_back = payment.refunded_amount_cents + sum(one.refunded_amount_cents for one in before)
        invoice = replace(PAID, total_refunded_amount_cents=sum_back)
        settlement = cut_to_surplus(invoice, payment, OnRecord((*before, payment), None), LATER)
        if settlement is None:
            return None
        assert settlement.payment.updated_at == settlement.invoice.updated_at == LATER
        assert settlement.notify == ()
        left = automatic_refund(settlement.payment)
        assert len(settlement.payment.refunds) == len(others) + (left is not None and left.amount_cents > 0)
        assert left is None or left == replace(planned, amount_cents=left.amount_cents, updated_at=LATER)
        amount = left.amount_cents if left else 0
        assert settlement.invoice.total_refunded_amount_cents == sum_back - planned.amount_cents + amount
        return amount

    def test_it_stays_while_it_is_all_too_much(self) -> None:
        assert self.cut() is None
        assert self.cut(amount_cents=1000) is None
        assert self.cut(before=(received("before", amount_cents=9000),)) is None

    def test_it_is_cut_where_more_is_owed_by_now(self) -> None:
        assert self.cut(before=(received("before", amount_cents=3000),)) == 3000
        assert self.cut(before=()) == 0

    def test_nothing_of_it_is_planned_once_more_has_gone_back_than_its_payment_brought(self) -> None:
        assert self.cut(back(4201), before=(received("before", amount_cents=9000),)) == 0

    @pytest.mark.parametrize(("amount", "left"), [(1, 4199), (1000, 3200), (4199, 1), (4200, 0)])
    def test_it_is_cut_by_what_went_back_otherwise(self, amount: int, left: int) -> None:
        assert self.cut(back(amount)) == left
        assert self.cut(before=(received("before", back(amount)),)) == left

    def test_it_is_not_cut_by_what_failed(self) -> None:
        assert self.cut(back(1000, RefundStatus.FAILED)) is None

    def test_it_is_never_more_than_what_is_left_of_its_payment(self) -> None:
        assert self.cut(back(3000), before=(received("before", amount_cents=20_000),)) == 1200

    def test_it_is_left_alone_once_stripe_knows_it_or_it_has_ended(self) -> None:
        assert self.cut(back(), provider_refund_id="re_2") is None
        assert self.cut(back(), status=RefundStatus.FAILED) is None
        assert cut_to_surplus(PAID, received("payment", back()), OnRecord((), None), NOW) is None

    def test_it_is_left_alone_while_the_item_is_parked(self) -> None:
        payment = received("payment", automatic("payment"))

        assert cut_to_surplus(PARKED, payment, OnRecord((payment,), None), NOW) is None
