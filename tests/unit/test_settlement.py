"""The state machine: whatever Stripe says, in whatever order and however often, money is counted once."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from builders.standings import standing
from hypothesis import given
from hypothesis import strategies as st
from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice, Problem
from paystream.model.moves import move, park, pause, postpone
from paystream.model.notification import WebhookType
from paystream.model.outcome import Failure, Outcome, PayableStatus, payable_status
from paystream.model.payment import Payment, PaymentLink
from paystream.model.schedule import FAILED_IS_CLOSED_AFTER
from paystream.model.settlement import FollowUp, Settlement, settle
from paystream.model.standing import InvoiceStatus, PaymentStatus, Stage

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
AMOUNT = 4200
DECLINED = Failure(code="card_declined", message="Your card was declined.", decline_code="generic_decline")

SUCCESS = Outcome(status=PayableStatus.SUCCEEDED, intent_status="succeeded", intent_id="pi_1")
FAILURE = Outcome(
    status=PayableStatus.FAILED, intent_status="requires_payment_method", intent_id="pi_1", failure=DECLINED
)
CANCELED = Outcome(status=PayableStatus.FAILED, intent_status="canceled", intent_id="pi_1", failure=DECLINED)
REFUSED = Outcome(status=PayableStatus.FAILED, intent_status="failed", failure=DECLINED)
PROCESSING = Outcome(status=PayableStatus.PROCESSING, intent_status="processing", intent_id="pi_1")
ACTION = Outcome(
    status=PayableStatus.PROCESSING, intent_status="requires_action", intent_id="pi_1", next_action={"type": "redirect"}
)
OUTCOMES = [SUCCESS, FAILURE, CANCELED, REFUSED, PROCESSING, ACTION]
FAILED_INVOICE = PaymentStatus.FAILED


def an_invoice(*, attempt: int = 0, payment_status: PaymentStatus = PaymentStatus.PENDING) -> Invoice:
    return Invoice(
        organization_id="o",
        lago_id="i",
        external_customer_id="acme",
        number="1",
        currency="EUR",
        total_amount_cents=AMOUNT,
        created_at=NOW,
        updated_at=NOW,
        issuing_date=date(2026, 11, 23),
        attempt=attempt,
        standing=standing(payment_status=payment_status, due_at=NOW),
    )


def a_payment(attempt: int = 1) -> Payment:
    return Payment(
        organization_id="o",
        lago_id=payment_id("o", "i", attempt),
        invoice_id="i",
        invoice_number="1",
        attempt=attempt,
        external_customer_id="acme",
        lago_customer_id="c",
        payment_provider_code="stripe",
        integration_id="e1",
        provider_customer_id="cus_1",
        amount_cents=AMOUNT,
        currency="EUR",
        created_at=NOW,
        updated_at=NOW,
    )


@dataclass
class History:
    """An invoice whose attempts hear of outcomes, as a table would keep them."""

    invoice: Invoice = field(default_factory=an_invoice)
    payments: dict[int, Payment] = field(default_factory=dict)
    notified: list[tuple[int, WebhookType]] = field(default_factory=list)
    schedule: tuple[int, ...] = ()

    def hear(self, attempt: int, outcome: Outcome) -> Settlement | None:
        settlement = settle(
            self.invoice,
            self.payments.get(attempt, a_payment(attempt)),
            outcome,
            follow_up=FollowUp(retry_schedule_days=self.schedule),
            now=NOW,
        )
        if settlement:
            self.invoice = settlement.invoice
            self.payments[attempt] = settlement.payment
            self.notified += [(attempt, webhook_type) for webhook_type in settlement.notify]
        return settlement


heard = st.lists(st.tuples(st.integers(1, 3), st.sampled_from(OUTCOMES)), max_size=12)


@given(heard)
def test_succeeded_is_final(news: list[tuple[int, Outcome]]) -> None:
    history = History()
    history.hear(1, SUCCESS)

    for attempt, outcome in news:
        history.hear(attempt, outcome)

    assert history.invoice.payment_status is PaymentStatus.SUCCEEDED
    assert history.payments[1].payment_status is PayableStatus.SUCCEEDED


@given(heard)
def test_an_invoice_is_paid_if_and_only_if_one_of_its_attempts_was(news: list[tuple[int, Outcome]]) -> None:
    history = History()
    for attempt, outcome in news:
        history.hear(attempt, outcome)

    paid = {attempt for attempt, outcome in news if outcome is SUCCESS}
    assert (history.invoice.payment_status is PaymentStatus.SUCCEEDED) == bool(paid)
    assert history.invoice.total_paid_amount_cents == AMOUNT * len(paid)
    assert {attempt for attempt, notified in history.notified if notified is WebhookType.PAYMENT_SUCCEEDED} == paid


def was_to_act(attempt: int, payment: Payment, history: History) -> bool:
    """Whether the customer was to act, and the attempt was closed because its invoice was settled otherwise."""
    is_notified = (attempt, WebhookType.PAYMENT_REQUIRES_ACTION) in history.notified
    return is_notified and payment.status == "canceled"


@given(heard)
def test_an_attempt_is_notified_as_failed_once_and_as_succeeded_once(news: list[tuple[int, Outcome]]) -> None:
    history = History()
    for attempt, outcome in news:
        history.hear(attempt, outcome)

    ends = [entry for entry in history.notified if entry[1] is not WebhookType.INVOICE_PAYMENT_STATUS_UPDATED]
    assert len(ends) == len(set(ends))
    failed = {
        attempt
        for attempt, payment in history.payments.items()
        if payment.payment_status is PayableStatus.FAILED and not was_to_act(attempt, payment, history)
    }
    assert failed <= {attempt for attempt, notified in ends if notified is WebhookType.INVOICE_PAYMENT_FAILURE}


@given(heard)
def test_every_change_of_the_payment_status_is_notified_and_nothing_else(news: list[tuple[int, Outcome]]) -> None:
    history = History()

    for attempt, outcome in news:
        before = history.invoice.payment_status
        settlement = history.hear(attempt, outcome)
        notified = settlement is not None and WebhookType.INVOICE_PAYMENT_STATUS_UPDATED in settlement.notify
        assert notified == (history.invoice.payment_status is not before)


@given(heard, st.integers(1, 3), st.sampled_from(OUTCOMES))
def test_what_is_heard_twice_is_no_news(news: list[tuple[int, Outcome]], attempt: int, outcome: Outcome) -> None:
    history = History()
    for known in news:
        history.hear(*known)
    history.hear(attempt, outcome)

    assert history.hear(attempt, outcome) is None


@given(heard, st.randoms())
def test_the_order_in_which_one_attempt_is_heard_of_does_not_matter(
    news: list[tuple[int, Outcome]], random: Random
) -> None:
    outcomes = [outcome for _, outcome in news]
    shuffled = list(outcomes)
    random.shuffle(shuffled)
    one, other = History(), History()

    for first, second in zip(outcomes, shuffled, strict=True):
        one.hear(1, first)
        other.hear(1, second)

    assert one.invoice.payment_status is other.invoice.payment_status
    assert one.invoice.total_paid_amount_cents == other.invoice.total_paid_amount_cents


@given(heard, st.sampled_from([FAILURE, CANCELED, REFUSED, PROCESSING, ACTION]))
def test_an_older_attempt_never_overwrites_a_newer_one(news: list[tuple[int, Outcome]], late: Outcome) -> None:
    history = History()
    for attempt, outcome in news:
        history.hear(attempt, outcome)
    history.hear(4, PROCESSING)
    before = history.invoice.payment_status

    for older in (1, 2, 3):
        history.hear(older, late)

    assert history.invoice.payment_status is before
    assert history.invoice.attempt == 4


@pytest.mark.parametrize("failure", [FAILURE, CANCELED, REFUSED])
def test_a_failure_fails_the_invoice_and_is_looked_at_once_more(failure: Outcome) -> None:
    settlement = settle(an_invoice(), a_payment(), failure, now=NOW)

    assert settlement is not None
    assert (settlement.invoice.payment_status, settlement.invoice.next_retry_at) == (PaymentStatus.FAILED, None)
    assert settlement.invoice.due_at == NOW + FAILED_IS_CLOSED_AFTER
    assert settlement.payment.failure == DECLINED
    assert settlement.notify == (WebhookType.INVOICE_PAYMENT_FAILURE, WebhookType.INVOICE_PAYMENT_STATUS_UPDATED)


def test_a_late_success_pays_a_failed_invoice_and_clears_the_failure() -> None:
    history = History()
    history.hear(1, FAILURE)

    settlement = history.hear(1, SUCCESS)

    assert settlement is not None
    assert settlement.invoice.payment_status is PaymentStatus.SUCCEEDED
    assert settlement.payment.failure is None
    assert settlement.notify == (WebhookType.PAYMENT_SUCCEEDED, WebhookType.INVOICE_PAYMENT_STATUS_UPDATED)


def test_a_success_of_an_older_attempt_pays_the_invoice() -> None:
    history = History()
    history.hear(2, FAILURE)

    history.hear(1, SUCCESS)

    assert history.invoice.payment_status is PaymentStatus.SUCCEEDED


def test_a_second_success_is_counted_and_notified_though_the_invoice_is_paid() -> None:
    history = History()
    history.hear(1, SUCCESS)

    settlement = history.hear(2, SUCCESS)

    assert settlement is not None
    assert settlement.invoice.total_paid_amount_cents == 2 * AMOUNT
    assert settlement.invoice.total_due_amount_cents == 0
    assert settlement.notify == (WebhookType.PAYMENT_SUCCEEDED,)


def test_an_action_is_asked_for_before_processing_and_not_after() -> None:
    history = History()

    asked, on_its_way, repeated = (history.hear(1, outcome) for outcome in (ACTION, PROCESSING, ACTION))

    assert asked is not None
    assert asked.payment.next_action == {"type": "redirect"}
    assert on_its_way is not None
    assert on_its_way.payment.next_action is None
    assert repeated is None
    assert history.notified == [(1, WebhookType.PAYMENT_REQUIRES_ACTION)]


@given(heard, st.booleans(), st.sampled_from(PaymentStatus), st.integers(0, 3))
def test_whatever_is_heard_an_open_invoice_is_due_and_no_other_becomes_so(
    news: list[tuple[int, Outcome]], was_due: bool, status: PaymentStatus, attempt: int
) -> None:
    is_due = was_due or status is PaymentStatus.PENDING
    invoice = an_invoice(attempt=attempt, payment_status=status)
    history = History(invoice if is_due else postpone(invoice, None, now=NOW))

    for number, outcome in news:
        before = history.invoice
        settlement = history.hear(number, outcome)
        if settlement:
            after = settlement.invoice
            has_failed = after.payment_status is FAILED_INVOICE is not before.payment_status
            is_due = after.is_open or has_failed
            is_just_paid = after.payment_status is PaymentStatus.SUCCEEDED is not before.payment_status
            may_be = (None, before.due_at, NOW) if is_just_paid else (None, before.due_at)
            assert after.due_at is not None if is_due else after.due_at in may_be


def test_an_invoice_that_is_paid_besides_its_attempt_is_looked_at_at_once_so_that_the_attempt_is_closed() -> None:
    history = History()
    history.hear(1, ACTION)

    settlement = settle(history.invoice, replace(a_payment(), lago_id="besides"), SUCCESS, now=NOW)

    assert settlement is not None
    assert (settlement.invoice.payment_status, settlement.invoice.due_at) == (PaymentStatus.SUCCEEDED, NOW)


def test_a_retry_that_is_planned_stays_so_when_the_attempt_before_is_closed() -> None:
    history = History()
    history.hear(1, FAILURE)
    history.invoice = postpone(history.invoice, NOW, now=NOW)

    settlement = history.hear(1, CANCELED)

    assert settlement is not None
    assert (settlement.payment.status, settlement.payment.failure) == ("canceled", DECLINED)
    assert (settlement.invoice.due_at, settlement.notify) == (NOW, ())


def test_an_attempt_that_is_closed_leaves_the_next_one_as_it_is() -> None:
    history = History(pause(an_invoice(attempt=2), "integration", due_at=NOW, now=NOW))
    history.payments[1] = replace(a_payment(), status="requires_payment_method", payment_status=PayableStatus.FAILED)
    before = history.invoice

    history.hear(1, CANCELED)

    assert history.invoice == before


def test_an_item_that_is_parked_is_never_due() -> None:
    parked = park(an_invoice(), Problem(code="invalid_item", details={}), "{}", now=NOW)

    settlement = settle(parked, a_payment(), PROCESSING, now=NOW)

    assert settlement is not None
    assert settlement.invoice.due_at is None


@pytest.mark.parametrize("outcome", [PROCESSING, ACTION])
def test_a_payment_on_its_way_leaves_the_invoice_pending_and_due(outcome: Outcome) -> None:
    settlement = settle(an_invoice(), a_payment(), outcome, now=NOW)

    assert settlement is not None
    assert (settlement.invoice.payment_status, settlement.invoice.due_at) == (
        PaymentStatus.PENDING,
        NOW + timedelta(minutes=5),
    )


def begun_again(invoice: Invoice, attempt: int) -> Invoice:
    """The invoice with this attempt in flight, and no other one planned."""
    return move(replace(invoice, attempt=attempt), Stage.IN_FLIGHT, due_at=NOW, now=NOW)


def failing(history: History, *, times: int, method: str = "pm_1", method_type: str = "card") -> list[timedelta | None]:
    """After how long the invoice is tried again, for each of so many attempts in a row."""
    passes = replace(DECLINED, decline_code="insufficient_funds", payment_method_type=method_type)
    pauses = []
    for attempt in range(history.invoice.attempt + 1, history.invoice.attempt + 1 + times):
        history.invoice = begun_again(history.invoice, attempt)
        history.payments[attempt] = replace(a_payment(attempt), payment_method_id=method)
        history.hear(attempt, replace(REFUSED, failure=passes))
        retry_at = history.invoice.next_retry_at
        assert history.invoice.status is InvoiceStatus.VOIDED or history.invoice.due_at == (
            retry_at or NOW + FAILED_IS_CLOSED_AFTER
        )
        pauses.append(retry_at - NOW if retry_at else None)
    return pauses


def test_the_schedule_is_gone_through_once_with_each_payment_method() -> None:
    history = History(schedule=(1, 3))

    one, other = failing(history, times=3), failing(history, times=3, method="pm_2")

    assert one == other == [timedelta(days=1), timedelta(days=3), None]
    abandoned = [attempt for attempt, notified in history.notified if notified is WebhookType.INVOICE_PAYMENT_ABANDONED]
    assert abandoned == [3, 6]


@pytest.mark.parametrize(("method_type", "retries"), [("card", 8), ("sepa_debit", 2), ("acss_debit", 1)])
def test_a_debit_that_bounced_is_presented_again_as_often_as_stripe_does(method_type: str, retries: int) -> None:
    pauses = failing(History(schedule=(1,) * 8), times=9, method_type=method_type)

    assert pauses == [timedelta(days=1)] * retries + [None] * (9 - retries)


def test_a_link_that_was_not_paid_leaves_the_plan_as_it_was() -> None:
    history = History(schedule=(3,))
    failing(history, times=1)
    planned = history.invoice.next_retry_at
    linked = replace(history.invoice, attempt=2)
    history.invoice = move(linked, Stage.PAGE_OPEN, next_retry_at=planned, due_at=NOW, now=NOW)
    history.payments[2] = replace(a_payment(2), link=PaymentLink())

    history.hear(2, CANCELED)

    assert (history.invoice.next_retry_at, history.invoice.due_at) == (planned, planned)
    assert WebhookType.INVOICE_PAYMENT_ABANDONED not in [notified for _, notified in history.notified]


def test_an_invoice_that_was_voided_meanwhile_is_not_tried_again() -> None:
    voided = move(an_invoice(), Stage.VOIDED, now=NOW)
    history = History(voided, schedule=(1,))

    assert failing(history, times=1) == [None]


def test_the_intents_id_is_kept_when_a_later_word_does_not_name_it() -> None:
    history = History()
    history.hear(1, PROCESSING)

    history.hear(1, REFUSED)

    assert history.payments[1].provider_payment_id == "pi_1"


@pytest.mark.parametrize(
    ("intent_status", "meaning"),
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
def test_a_status_of_stripe_has_a_meaning_and_an_unknown_one_is_on_its_way(
    intent_status: str, meaning: PayableStatus
) -> None:
    assert payable_status(intent_status) is meaning
