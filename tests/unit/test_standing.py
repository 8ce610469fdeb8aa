"""Where an invoice stands: one stage, and nothing that contradicts it."""

import ast
from typing import Any

import pytest
from builders.standings import STANDING_SINCE, in_stage
from paystream.model.standing import (
    SHAPES,
    ContradictionError,
    InvoiceStatus,
    PaymentStatus,
    Stage,
    WaitingFor,
)
from template import REPOSITORY

VALUES: dict[str, Any] = {
    "due_at": STANDING_SINCE,
    "next_retry_at": STANDING_SINCE,
    "planned_payment_method_id": "pm_1",
    "claimed_until": STANDING_SINCE,
    "paused_integration_id": "integration",
}
MISSING = {
    WaitingFor.CUSTOMER,
    WaitingFor.INTEGRATION,
    WaitingFor.PROVIDER_CUSTOMER,
    WaitingFor.PAYMENT_METHOD,
    WaitingFor.KEY,
    WaitingFor.REQUEST,
    WaitingFor.CHOSEN_PAYMENT_METHOD,
    WaitingFor.NOTHING,
}
ANOTHER = WaitingFor.ANOTHER_PAYMENT_METHOD
WAITS_FOR: dict[Stage, set[WaitingFor | None]] = {
    Stage.WAITING: {*MISSING},
    Stage.IN_FLIGHT: {None, WaitingFor.KEY},
    Stage.PAGE_DUE: {None, WaitingFor.KEY, ANOTHER},
    Stage.PAGE_OPEN: {None, WaitingFor.KEY, ANOTHER},
    Stage.CUSTOMER_TO_ACT: {None, WaitingFor.KEY},
    Stage.SHOWN_ON_PAGE: {None, WaitingFor.KEY},
    Stage.RETRY_PLANNED: {None, ANOTHER},
    Stage.AUTHENTICATION_LINK_DUE: {ANOTHER},
    Stage.WAITS_FOR_ANOTHER_METHOD: {ANOTHER},
}
"""What an invoice in a stage may wait for; in the other stages for nothing."""


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
        if waiting_for in WAITS_FOR.get(stage, {None}):
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
