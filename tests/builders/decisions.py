"""Decisions about invoices: customers, attempts and stages from which a step follows, and asking for that step."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from paystream.model.case import Learned
from paystream.model.customer import CustomerCreation
from paystream.model.invoice import Invoice
from paystream.model.next_step import next_step
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment, PaymentLink
from paystream.model.standing import Stage
from paystream.model.steps import Step

from builders.cases import CHARGEABLE, DECIDED_AT, attempt_record, case_record
from builders.records import RECORDED_AT, invoice_record
from builders.standings import STANDING_FIELDS, in_stage

IN_A_MINUTE = DECIDED_AT + timedelta(minutes=1)
TOMORROW = DECIDED_AT + timedelta(days=1)
NEXT_WEEK = DECIDED_AT + timedelta(days=7)

WITHOUT_METHOD = replace(CHARGEABLE, payment_method_id=None)
NOT_LINKED = replace(CHARGEABLE, provider_customer_id=None)
WITH_ANOTHER_METHOD = replace(CHARGEABLE, payment_method_id="pm_2")
BY_TRANSFER = replace(CHARGEABLE, payment_method_id=None, provider_payment_methods=("customer_balance",))
IN_CREATION = replace(NOT_LINKED, creation=CustomerCreation(idempotency_key="key", started_at=RECORDED_AT, params={}))

SENT = attempt_record(PayableStatus.PENDING)
PROCESSING = attempt_record(PayableStatus.PROCESSING)
ASKS_FOR_ACTION = attempt_record(PayableStatus.PROCESSING, "requires_action")
NOT_CONFIRMED = attempt_record(PayableStatus.PROCESSING, "requires_confirmation")
UNPAID = attempt_record(PayableStatus.FAILED, "requires_payment_method")
CLOSED = attempt_record(PayableStatus.FAILED, "canceled")
SUCCEEDED = attempt_record(PayableStatus.SUCCEEDED)
OPEN_PAGE = attempt_record(PayableStatus.PENDING, link=PaymentLink(session_id="cs_1"))
PAGE_AFTER_FAILURE = replace(OPEN_PAGE, link=PaymentLink(session_id="cs_1", follows_failure=True))
SPENT = attempt_record(PayableStatus.FAILED, "canceled", link=PaymentLink(session_id="cs_1", is_spent=True))

OPEN_STAGES = [
    Stage.WAITING,
    Stage.IN_FLIGHT,
    Stage.PAGE_DUE,
    Stage.PAGE_OPEN,
    Stage.CUSTOMER_TO_ACT,
    Stage.SHOWN_ON_PAGE,
]
FAILED_STAGES = [Stage.RETRY_PLANNED, Stage.AUTHENTICATION_LINK_DUE, Stage.WAITS_FOR_ANOTHER_METHOD, Stage.GIVEN_UP]
ENDED_STAGES = [Stage.SETTLING, Stage.PAID, Stage.VOIDED]


def invoice_in(stage: Stage, **fields: Any) -> Invoice:
    """An invoice that knows its first attempt; what failed was charged with `pm_1`. Fields of its standing go there."""
    where = {name: fields.pop(name) for name in STANDING_FIELDS & set(fields)}
    declined = {"declined_payment_method_ids": ("pm_1",)} if stage in FAILED_STAGES else {}
    return invoice_record(**({"attempt": 1} | declined | fields), standing=in_stage(stage, **where))


def second(attempt: Payment) -> Payment:
    """The second attempt, of which the same is known."""
    return replace(attempt, lago_id="second", attempt=2)


def step(invoice: Invoice, *attempts: Payment, **fields: Any) -> Step | None:
    """What is done next about an invoice that is due; `fields` are what is otherwise in its case."""
    return next_step(case_record(invoice, *attempts, **fields))


def step_when_closed(invoice: Invoice, *attempts: Payment, **fields: Any) -> Step | None:
    """The same, after all that bears its name was closed in this run."""
    learned = {*fields.pop("learned", ()), Learned.OTHERS_CLOSED}
    return step(invoice, *attempts, learned=learned, **fields)
