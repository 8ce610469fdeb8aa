"""The state machine: whatever Stripe says, in whatever order and however often, money is counted once."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from builders.standings import standing
from hypothesis import given
from hypothesis import strategies as st
from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice
from paystream.model.moves import move, postpone
from paystream.model.notification import WebhookType
from paystream.model.outcome import Failure, Outcome, PayableStatus
from paystream.model.payment import Payment
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
        overdue_notified_at=NOW,
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
def test_an_invoice_is_paid_if_and_only_if_one_of_its_attempts_was(news: list[tuple[int, Outcome]]) -> None:
    history = History()
    for attempt, outcome in news:
        history.hear(attempt, outcome)

    paid = {attempt for attempt, outcome in news if outcome is SUCCESS}
    assert (history.invoice.payment_status is PaymentStatus.SUCCEEDED) == bool(paid)
    assert history.invoice.total_paid_amount_cents == AMOUNT * len(paid)
    assert all(history.payments[attempt].payment_status is PayableStatus.SUCCEEDED for attempt in paid)
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


def begun_again(invoice: Invoice, attempt: int) -> Invoice:
    """The invoice with this attempt in flight, and no other one planned."""
    return move(replace(invoice, attempt=attempt), Stage.IN_FLIGHT, due_at=NOW, now=NOW)


def failing(history: History, *, times: int, method: str = "pm_1") -> list[timedelta | None]:
    """After how long the invoice is tried again, for each of so many attempts in a row."""
    passes = replace(DECLINED, decline_code="insufficient_funds")
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


def test_an_invoice_that_was_voided_meanwhile_is_not_tried_again() -> None:
    voided = move(an_invoice(), Stage.VOIDED, now=NOW)
    history = History(voided, schedule=(1,))

    assert failing(history, times=1) == [None]
