"""The payment protocol, searched exhaustively: whatever happens within the bounds, the product breaks no invariant."""

import pytest

from model.scenarios import DEEP, SMALL, Scenario
from model.search import search
from model.table import numbered

FEWEST_STATES = 200
"""A search of fewer states has lost something that may happen."""


@pytest.mark.parametrize("scenario", SMALL, ids=lambda scenario: scenario.name.replace(" ", "_"))
def test_nothing_breaks(scenario: Scenario) -> None:
    found = search(scenario)

    assert found.broken is None, f"{found.broken}\n{numbered(found)}"
    assert found.states >= FEWEST_STATES


def test_each_scenario_has_a_name_of_its_own() -> None:
    names = [scenario.name for scenario in (*SMALL, *DEEP)]

    assert len({*names}) == len(names)
