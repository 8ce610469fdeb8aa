"""A process is killed right before and right after each effect, and nothing is lost or charged twice."""

from datetime import timedelta

import pytest
from paystream.use_cases import ask_stripe, list_attempts
from pytest_socket import disable_socket

from simulation.call_sites import call_sites
from simulation.effects import Moment
from simulation.invariants import ViolationError
from simulation.kill_points import KillPoints
from simulation.scenarios import SCENARIOS, Scenario

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")


@pytest.fixture(autouse=True)
def _no_sockets() -> None:
    disable_socket()


@pytest.fixture(autouse=True)
def _two_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two attempts are looked up by one list, so that a small story has one."""
    monkeypatch.setattr(list_attempts, "FEWEST", 2)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_all_is_well_wherever_a_process_is_killed_while(scenario: Scenario) -> None:
    kill_points = KillPoints()
    effects = kill_points.effects_of(scenario)
    happened = set(kill_points.sites)

    for number in range(1, effects + 1):
        for moment in Moment:
            kill_points.crash(scenario, number, moment)

    assert all(kill_points.sites[site] == {*Moment} for site in happened)


def test_each_call_of_aws_and_of_stripe_happens_in_a_scenario() -> None:
    """So it is crashed at. A new effect in the adapters needs a scenario in which it happens."""
    kill_points = KillPoints()
    for scenario in SCENARIOS:
        kill_points.effects_of(scenario)

    assert [call for call in call_sites() if not any(call.has(site) for site in kill_points.sites)] == []


def test_it_would_notice_that_a_key_is_trusted_for_longer_than_stripe_keeps_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ask_stripe, "KEY_IS_SAFE_FOR", timedelta(days=100))
    (scenario,) = [one for one in SCENARIOS if one.name == "a result is found a day later"]

    with pytest.raises(ViolationError, match="charged twice"):
        crash_everywhere(scenario)


def crash_everywhere(scenario: Scenario) -> None:
    kill_points = KillPoints()
    for number in range(1, kill_points.effects_of(scenario) + 1):
        kill_points.crash(scenario, number, Moment.AFTER)
