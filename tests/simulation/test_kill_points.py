"""A process is killed right before and right after a call of AWS or Stripe, and nothing is lost or charged twice.

Each call in the source is crashed at in the first story in which it happens; `make kill-points` crashes at each effect.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from paystream.model import attempts
from pytest_socket import disable_socket

from simulation.call_sites import CallSite, call_sites
from simulation.effects import Moment
from simulation.invariants import ViolationError
from simulation.kill_points import OnceEach, Played, nowhere, play
from simulation.kill_points_command import judge, main
from simulation.quiet import Quiet
from simulation.scenarios import SCENARIOS, Scenario


@pytest.fixture(autouse=True)
def _no_sockets() -> None:
    disable_socket()


def story(name: str) -> Scenario:
    (found,) = [one for one in SCENARIOS if one.name == name]
    return found


def test_each_call_of_aws_and_of_stripe_happens_in_a_scenario() -> None:
    """So it is crashed at. A new effect in the adapters needs a scenario in which it happens."""
    happened = {site for scenario in SCENARIOS for site in play(scenario, nowhere).sites}

    assert [call for call in call_sites() if not any(call.has(site) for site in happened)] == []


def test_all_is_well_when_a_process_is_killed_before_and_after_each_call_of_aws_and_of_stripe() -> None:
    once_each = OnceEach(call_sites())
    stories = [play(scenario, once_each) for scenario in SCENARIOS]

    assert [failure for played in stories for failure in played.failures] == []
    points = product(call_sites(), Moment)
    assert [point for point in points if not any(was_crashed_at(*point, played) for played in stories)] == []


def was_crashed_at(call: CallSite, moment: Moment, played: Played) -> bool:
    return any(at is moment and call.has(site) for site, at in played.crashed_at)


def test_a_whole_story_is_crashed_at_each_effect_before_and_after() -> None:
    verdict = judge(story("records are read"), at_once=2)

    assert verdict.failures == []
    assert verdict.crashes == 2 * verdict.effects > 0


class TestItWouldNotice:
    def test_that_a_key_is_trusted_for_longer_than_stripe_keeps_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(attempts, "KEY_IS_SAFE_FOR", timedelta(days=100))

        with pytest.raises(ViolationError, match="charged twice"):
            play(story("a result is found a day later"), lambda point: point[1] is Moment.AFTER).check()

    def test_a_violation_after_one_crash_and_says_which_it_was(self, is_lost_by_a_crash: None) -> None:
        played = play(story("a secret is created twice"), lambda point: point == (3, Moment.BEFORE))

        assert played.failures == ["a secret is created twice, crashed before effect 3: an invoice is gone"]

    def test_a_violation_in_the_command_and_says_how_to_repeat_it(
        self, is_lost_by_a_crash: None, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["a key is issued"]) == 1

        lines = capsys.readouterr().out.splitlines()
        assert "a key is issued, crashed after effect 2: an invoice is gone" in lines
        assert lines[-1] == "0 passed, 1 failed"
        assert 'repeat: make kill-points STORY="a key is issued"' in lines

    @pytest.fixture
    def is_lost_by_a_crash(self, monkeypatch: pytest.MonkeyPatch) -> None:
        check: Callable[[Quiet], None] = Quiet.check

        def lose(quiet: Quiet) -> None:
            if quiet.world.effects.crashes:
                raise ViolationError("an invoice is gone")
            check(quiet)

        monkeypatch.setattr(Quiet, "check", lose)
