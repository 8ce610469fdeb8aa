"""Invoices that were written before items had a stage are read as what they said."""

from datetime import UTC, datetime
from typing import Any

import pytest
from builders.records import invoice_record
from paystream.adapters.dynamodb.invoice_items import invoice_of
from paystream.adapters.dynamodb.items import attribute_values, to_item
from paystream.model.invoice import Problem
from paystream.model.standing import ContradictionError, Stage

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TIME = "2026-11-23T10:00:00.000+00:00"
DUE = {"due_at": TIME}
RETRY = {"next_retry_at": TIME, "planned_payment_method_id": "pm_1"}
AWAITED = {"waiting_for": "another_payment_method"}
CLAIM = {"claimed_until": TIME}
PENDING, FAILED, PAID = ({"payment_status": status} for status in ("pending", "failed", "succeeded"))
VOIDED = {"status": "voided"}


def first_format(**fields: Any) -> dict[str, Any]:
    """An item as it was written before there were stages."""
    invoice = invoice_record(version=3)
    item = to_item(invoice)
    del item["stage"], item["due_at"]
    return item | attribute_values({"status": "finalized", "link_follows": False} | fields)


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        (PENDING | DUE, Stage.IN_FLIGHT),
        (PENDING | DUE | CLAIM, Stage.IN_FLIGHT),
        (PENDING | DUE | {"waiting_for": "customer"}, Stage.WAITING),
        (PENDING | DUE | {"waiting_for": "secret_key", "paused_integration_id": "one"}, Stage.WAITING),
        (PENDING | DUE | RETRY, Stage.IN_FLIGHT),
        (PENDING | DUE | RETRY | AWAITED, Stage.PAGE_OPEN),
        (FAILED | DUE | RETRY | AWAITED, Stage.RETRY_PLANNED),
        (FAILED | DUE | AWAITED | {"link_follows": True}, Stage.AUTHENTICATION_LINK_DUE),
        (FAILED | DUE | AWAITED, Stage.WAITS_FOR_ANOTHER_METHOD),
        (FAILED | AWAITED, Stage.WAITS_FOR_ANOTHER_METHOD),
        (FAILED | DUE, Stage.GIVEN_UP),
        (FAILED, Stage.GIVEN_UP),
        (PAID, Stage.PAID),
        (PAID | DUE, Stage.SETTLING),
        (PENDING | VOIDED, Stage.VOIDED),
        (PAID | VOIDED, Stage.VOIDED),
        (FAILED | VOIDED | DUE, Stage.SETTLING),
        (PENDING | {"problem": {"code": "invalid_item", "details": {}}}, Stage.PARKED),
    ],
)
def test_the_stage_follows_from_the_fields(fields: dict[str, Any], stage: Stage) -> None:
    read = invoice_of(first_format(**fields))

    assert read.stage is stage
    assert read.payment_status == fields["payment_status"]
    assert (read.due_at is not None) is ("due_at" in fields)


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        (PAID | CLAIM | AWAITED, Stage.PAID),
        (PENDING | VOIDED | {"link_follows": True} | RETRY, Stage.VOIDED),
        (FAILED | DUE | AWAITED | RETRY | {"link_follows": True}, Stage.AUTHENTICATION_LINK_DUE),
    ],
)
def test_what_contradicted_the_stage_is_dropped(fields: dict[str, Any], stage: Stage) -> None:
    read = invoice_of(first_format(**fields)).standing

    assert read.stage is stage
    assert (read.claimed_until, read.next_retry_at, read.planned_payment_method_id) == (None, None, None)


def test_an_item_of_today_that_contradicts_itself_raises() -> None:
    with pytest.raises(ContradictionError):
        invoice_of(first_format(**PAID, **CLAIM, stage="paid"))


def test_an_item_that_is_parked_keeps_its_problem() -> None:
    details = {"currency": ["value_is_invalid"]}

    read = invoice_of(first_format(**PENDING, problem={"code": "invalid_item", "details": details}, rejected="{}"))

    assert read.problem == Problem(code="invalid_item", details=details)
