"""The payment protocol, searched exhaustively: nothing breaks with all guards on, and each guard is needed."""

from datetime import timedelta

import pytest

from model.invariants import Invariant
from model.rows import CARD_CHANGES, ONE_ATTEMPT, ROWS, SCENARIOS, SPARE, STREAM
from model.rules import GUARDS, Guards, Rules, Scenario
from model.search import search
from model.table import numbered

FEWEST_STATES = {
    "a record of the stream": 100,
    "one attempt": 6_000,
    "one attempt that may fail": 2_500,
    "saved errors": 12_000,
    "the card changes": 1_500,
    "the item is replaced": 9_000,
    "another system charges": 1_000,
    "retries": 14_000,
    "retries, the item is replaced": 1_500,
    "retries over days, replaced": 6_000,
    "payment links": 1_000,
    "payment links over days": 10_000,
}
"""A search of fewer states has lost something that may happen."""


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_nothing_breaks_as_long_as_every_guard_is_on(scenario: Scenario) -> None:
    found = search(Rules(Guards(), scenario))

    assert found.broken is None, f"{found.broken}\n{numbered(found)}"
    assert found.states >= FEWEST_STATES[scenario.name]


@pytest.mark.parametrize("guard", ROWS)
def test_without_a_guard_the_search_finds_what_breaks(guard: str) -> None:
    row = ROWS[guard]

    found = search(Rules(Guards().without(guard), row.scenario), (row.breaks,))

    assert found.broken is row.breaks
    assert found.trace, "a counterexample says how it comes about"


@pytest.mark.parametrize("guard", SPARE)
def test_without_a_spare_guard_nothing_breaks(guard: str) -> None:
    assert search(Rules(Guards().without(guard), CARD_CHANGES)).broken is None


def test_every_guard_is_shown_to_be_needed_or_said_to_be_spare() -> None:
    assert {*ROWS} | {*SPARE} == {*GUARDS}
    assert {*ROWS}.isdisjoint(SPARE)


def test_every_invariant_can_break() -> None:
    shown = {row.breaks for row in ROWS.values()}

    assert {*Invariant} - shown == {Invariant.OPEN_IS_DUE}


def test_an_open_invoice_without_a_due_time_is_noticed() -> None:
    guards = Guards().without("due_time_on_every_open_invoice")

    found = search(Rules(guards, STREAM), (Invariant.OPEN_IS_DUE,))

    assert found.trace == ("stream: the record is delivered", "stream: takes the item in")


def test_a_product_that_trusted_a_key_for_25_hours_would_charge_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.clock.KEY_IS_SAFE_FOR", timedelta(hours=25))

    assert search(Rules(Guards(), ONE_ATTEMPT), (Invariant.ONE_SUCCESS,)).broken is Invariant.ONE_SUCCESS
