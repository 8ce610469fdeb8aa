"""A short simulation: some seeds in bad weather, and the proof that it would notice what must never happen."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from aws_in_memory.dynamodb import database
from pytest_socket import disable_socket

from simulation.run import Report, simulate
from simulation.weather import PROFILES

FEW = 15
"""Invoices, where to each more happens than elsewhere."""

SOME = 24
"""`make simulate` takes more of them, in many more seeds."""


@pytest.fixture(autouse=True)
def _no_sockets() -> None:
    disable_socket()


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "calm"])
def test_nothing_is_charged_twice_and_nothing_is_lost_when_the_weather_is(profile: str) -> None:
    for seed in (1, 2):
        report = simulate(seed, FEW if profile == "people" else SOME, profile=profile)
        assert report.violation is None, report


@pytest.mark.parametrize("profile", ["storm", "stripe down"])
def test_the_same_seed_is_the_same_run(profile: str) -> None:
    first, second = (simulate(6, SOME, profile=profile) for _ in range(2))

    assert first.hash == second.hash
    assert first.steps == second.steps > 1000


def test_another_seed_is_another_run() -> None:
    assert simulate(5, FEW, profile="storm").hash != simulate(6, FEW, profile="storm").hash


class TestItWouldNotice:
    """With a guard switched off, a few seeds find what the guard is there for."""

    def test_that_a_version_is_not_compared(self, monkeypatch: pytest.MonkeyPatch) -> None:
        compare: Callable[..., bool] = database._condition_holds

        def always(operation: str, rest: dict[str, Any], *more: Any) -> bool:
            is_version = "#version" in (rest.get("ConditionExpression") or "")
            return compare(operation, rest, *more) or is_version

        monkeypatch.setattr(database, "_condition_holds", always)

        assert found("", "stripe down", seeds=range(5), invoices=60)

    def test_that_an_open_invoice_has_no_time_at_which_it_is_looked_at_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("paystream.adapters.dynamodb.invoices.due_shard", lambda lago_id: None)

        assert found("looked at again", "fair", seeds=range(2), invoices=20)

    def test_that_an_invoice_that_was_collected_is_left_to_be_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("paystream.model.settlement._look_at_paid_again_at", lambda invoice, payment, now: now)

        assert found("paid and still due", "fair", seeds=range(2), invoices=20)


def found(violation: str, profile: str, *, seeds: range, invoices: int) -> Report | None:
    """The first run that violated something with this text in it."""
    for seed in seeds:
        report = simulate(seed, invoices, profile=profile)
        if report.violation is not None and violation in report.violation:
            return report
    return None


def test_the_same_seed_is_the_same_run_in_another_process() -> None:
    """Nothing depends on the order of sets, on hashes, or on the machine's clock."""
    program = "from simulation.run import simulate; print(simulate(6, 5, profile='stripe down').hash)"
    answers = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert answers[0] == answers[1] == f"{simulate(6, 5, profile='stripe down').hash}\n"
