"""Where an invoice stands: one stage, and nothing that contradicts it."""

import ast
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders.records import invoice_record
from builders.standings import standing
from paystream.model.invoice import Invoice, Problem
from paystream.model.moves import PARKED, claim, move, park, pause, postpone, resume
from paystream.model.standing import (
    SHAPES,
    ContradictionError,
    InvoiceStatus,
    PaymentStatus,
    Stage,
    Standing,
    WaitingFor,
)
from template import REPOSITORY

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
VALUES: dict[str, Any] = {
    "due_at": NOW,
    "next_retry_at": NOW,
    "planned_payment_method_id": "pm_1",
    "claimed_until": NOW,
    "paused_integration_id": "integration",
}
PENDING, FAILED, SUCCEEDED = PaymentStatus.PENDING, PaymentStatus.FAILED, PaymentStatus.SUCCEEDED


def in_stage(stage: Stage, **changes: Any) -> Standing:
    """The stage with what it needs, and nothing else."""
    shape = SHAPES[stage]
    has_ended = stage in (Stage.SETTLING, Stage.VOIDED)
    waits = [one for one in WaitingFor if one in shape.waiting_for and one is not WaitingFor.KEY]
    waiting_for = None if None in shape.waiting_for else waits[0]
    needed = {"payment_status": shape.payment_status or PENDING, "waiting_for": waiting_for} | {
        name: VALUES[name] for name in shape.needs
    }
    if has_ended:
        needed["status"] = InvoiceStatus.VOIDED
    return Standing(stage=stage, **(needed | changes))


def invoice_in(standing: Standing) -> Invoice:
    return invoice_record(standing=standing)


def cases(*, is_allowed: bool) -> list[tuple[Stage, str]]:
    return [
        (stage, name)
        for stage, shape in SHAPES.items()
        for name in VALUES
        if (name in shape.needs | shape.allows) is is_allowed
    ]


@pytest.mark.parametrize(("stage", "name"), cases(is_allowed=False))
def test_a_field_that_contradicts_the_stage_raises(stage: Stage, name: str) -> None:
    with pytest.raises(ContradictionError):
        in_stage(stage, **{name: VALUES[name]})


@pytest.mark.parametrize(("stage", "name"), cases(is_allowed=True))
def test_a_field_of_the_stage_is_taken(stage: Stage, name: str) -> None:
    waiting = {"waiting_for": WaitingFor.KEY} if name == "paused_integration_id" else {}

    assert getattr(in_stage(stage, **{name: VALUES[name]}, **waiting), name) == VALUES[name]


@pytest.mark.parametrize(("stage", "name"), [(stage, name) for stage in Stage for name in sorted(SHAPES[stage].needs)])
def test_a_field_that_the_stage_needs_is_there(stage: Stage, name: str) -> None:
    with pytest.raises(ContradictionError, match=name):
        in_stage(stage, **{name: None})


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("status", PaymentStatus)
def test_lagos_payment_status_follows_from_the_stage(stage: Stage, status: PaymentStatus) -> None:
    expected = SHAPES[stage].payment_status
    if expected in (None, status):
        assert in_stage(stage, payment_status=status).payment_status is status
    else:
        with pytest.raises(ContradictionError, match="payment_status"):
            in_stage(stage, payment_status=status)


@pytest.mark.parametrize("stage", Stage)
def test_what_it_waits_for_follows_from_the_stage(stage: Stage) -> None:
    for waiting_for in (None, *WaitingFor):
        paused = {"paused_integration_id": "integration"} if waiting_for is WaitingFor.KEY else {}
        if waiting_for in SHAPES[stage].waiting_for:
            assert in_stage(stage, waiting_for=waiting_for, **paused).waiting_for is waiting_for
        else:
            with pytest.raises(ContradictionError):
                in_stage(stage, waiting_for=waiting_for, **paused)


@pytest.mark.parametrize("fields", [{"waiting_for": WaitingFor.KEY}, {"paused_integration_id": "integration"}])
def test_what_waits_for_a_key_names_the_integration_and_nothing_else_does(fields: dict[str, Any]) -> None:
    with pytest.raises(ContradictionError, match="key"):
        in_stage(Stage.IN_FLIGHT, **fields)


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.VOIDED, Stage.SETTLING}))
def test_what_is_voided_is_in_no_other_stage(stage: Stage) -> None:
    with pytest.raises(ContradictionError, match="voided"):
        in_stage(stage, status=InvoiceStatus.VOIDED)


@pytest.mark.parametrize("stage", [Stage.VOIDED, Stage.SETTLING])
def test_what_has_not_ended_does_not_say_so(stage: Stage) -> None:
    with pytest.raises(ContradictionError, match="ended"):
        in_stage(stage, status=InvoiceStatus.FINALIZED)


def test_what_is_paid_and_has_work_left_is_settling_until_there_is_none() -> None:
    paid = move(invoice_in(standing(due_at=NOW)), Stage.PAID, due_at=LATER, now=NOW)
    settled = postpone(paid, None, now=NOW)

    assert (paid.stage, paid.due_at, paid.payment_status) == (Stage.SETTLING, LATER, SUCCEEDED)
    assert (settled.stage, settled.due_at) == (Stage.PAID, None)
    assert postpone(settled, LATER, now=NOW).stage is Stage.SETTLING


def test_what_is_voided_stays_so_whatever_becomes_of_its_payments() -> None:
    voided = move(invoice_in(standing(due_at=NOW)), Stage.VOIDED, due_at=LATER, now=NOW)
    paid = move(voided, Stage.PAID, now=NOW)
    failed = move(voided, Stage.GIVEN_UP, due_at=LATER, now=NOW)

    assert (voided.stage, voided.payment_status) == (Stage.SETTLING, PENDING)
    assert (paid.stage, paid.payment_status) == (Stage.VOIDED, SUCCEEDED)
    assert (failed.stage, failed.payment_status, failed.status) == (Stage.SETTLING, FAILED, InvoiceStatus.VOIDED)


def test_what_is_parked_stays_so_whatever_becomes_of_its_payments() -> None:
    parked = park(invoice_in(standing(due_at=NOW)), Problem(code="invalid_item", details={}), "{}", now=NOW)

    paid = move(parked, Stage.PAID, now=NOW)

    assert parked.standing == PARKED
    assert (paid.stage, paid.payment_status) == (Stage.PARKED, SUCCEEDED)


@pytest.mark.parametrize("to", sorted(stage for stage in Stage if SHAPES[stage].payment_status in (PENDING, FAILED)))
def test_what_is_paid_is_never_owed_again(to: Stage) -> None:
    with pytest.raises(ContradictionError, match="paid"):
        move(invoice_in(in_stage(Stage.PAID)), to, due_at=NOW, next_retry_at=NOW, now=NOW)


def test_a_move_clears_what_belonged_to_the_stage_before() -> None:
    waiting = claim(invoice_in(in_stage(Stage.WAITING)), LATER, now=NOW)
    paused = pause(waiting, "integration", due_at=NOW, now=NOW)

    begun = move(paused, Stage.IN_FLIGHT, due_at=NOW, now=LATER)

    assert begun.standing == Standing(stage=Stage.IN_FLIGHT, payment_status=PENDING, due_at=NOW)
    assert begun.updated_at == LATER


def test_a_pause_ends_a_claim_and_leaves_the_stage() -> None:
    paused = pause(claim(invoice_in(in_stage(Stage.PAGE_OPEN)), LATER, now=NOW), "integration", due_at=LATER, now=NOW)

    assert (paused.stage, paused.waiting_for, paused.due_at) == (Stage.PAGE_OPEN, WaitingFor.KEY, LATER)
    assert not paused.is_claimed(NOW)


def test_who_got_an_answer_waits_for_nothing() -> None:
    resumed = resume(pause(invoice_in(in_stage(Stage.WAITING)), "integration", due_at=NOW, now=NOW))
    failed = invoice_in(in_stage(Stage.WAITS_FOR_ANOTHER_METHOD))

    assert resumed.standing == Standing(stage=Stage.IN_FLIGHT, payment_status=PENDING, due_at=NOW)
    assert resume(failed) == failed


def test_a_claim_lasts_until_its_time_and_survives_another_time_to_look_only_where_it_is_kept() -> None:
    claimed = claim(invoice_in(in_stage(Stage.WAITING)), LATER, due_at=LATER, now=NOW)

    assert (claimed.due_at, claimed.is_claimed(NOW), claimed.is_claimed(LATER)) == (LATER, True, False)
    assert postpone(claimed, NOW, keeps_claim=True, now=NOW).is_claimed(NOW)
    assert not postpone(claimed, NOW, now=NOW).is_claimed(NOW)
    assert claim(replace(claimed), LATER, now=NOW).due_at == LATER


def test_nobody_else_writes_where_an_invoice_stands() -> None:
    """mypy holds the rest: the fields are those of `Standing`, and an invoice takes none of them."""
    writers = {
        path.relative_to(REPOSITORY).as_posix()
        for root in ("layers", "functions", "operations", "sandbox")
        for path in (REPOSITORY / root).rglob("*.py")
        if any(_writes(node) for node in ast.walk(ast.parse(path.read_text())))
    }

    assert writers == {"layers/domain/paystream/model/moves.py"}


def test_the_store_writes_no_time_and_no_status_of_its_own_but_the_lease_of_what_is_due() -> None:
    """A lease moves `due_at` under the condition that it is what the schedule has seen."""
    written = {
        path.name: text.count("SET due_at")
        for path in (REPOSITORY / "layers").rglob("*.py")
        if "SET due_at" in (text := path.read_text())
    }

    assert written == {"due_invoices.py": 2}


def _writes(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    is_made = isinstance(node.func, ast.Name) and node.func.id == "Standing"
    is_passed = any(keyword.arg == "standing" for keyword in node.keywords)
    made_here = is_passed and not _is_first_standing(node)
    return is_made or made_here


def _is_first_standing(node: ast.Call) -> bool:
    """A new invoice takes what model/moves.py gives to one that is new, or parked."""
    given = next(keyword.value for keyword in node.keywords if keyword.arg == "standing")
    is_new = isinstance(given, ast.Call) and isinstance(given.func, ast.Name) and given.func.id == "new_standing"
    return is_new or (isinstance(given, ast.Name) and given.id == "PARKED")
