"""`make conformance`: no judge is left out in silence."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from conformance import __main__ as conformance
from conformance.__main__ import Judge, Tool

JUDGE = Judge("the judge", "judge", Tool("tool", "--version", (1, 24)), ("tests/nowhere",))


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of all programs: empty at first. Nothing is run."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    for name in ("CI", "DYNAMODB"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(conformance, "JUDGES", (JUDGE,))
    monkeypatch.setattr(conformance, "REPORTS", tmp_path / "reports")
    return programs


def has(machine: Path, version: str) -> None:
    """Install the tool in this version."""
    program = machine / "tool"
    program.write_text(f"#!/bin/sh\necho tool version go{version} linux/amd64\n")
    program.chmod(0o755)


def ending_with(monkeypatch: pytest.MonkeyPatch, *statuses: int) -> None:
    """Let the commands that are run from now on end so, and the tool answer all the same."""
    left = [*statuses]
    run: Any = subprocess.run

    def pretended(command: list[str], **more: Any) -> Any:
        return run(command, **more) if command[0] == "tool" else subprocess.CompletedProcess(command, left.pop(0))

    monkeypatch.setattr(subprocess, "run", pretended)


def test_one_whose_tool_is_missing_is_left_out_loudly(capsys: pytest.CaptureFixture[str]) -> None:
    assert conformance.main() == 0
    assert "LEFT OUT: the judge, for it needs tool 1.24 or newer." in capsys.readouterr().out


@pytest.mark.parametrize("version", ["1.9.4", "0.66"])
def test_one_whose_tool_is_too_old_is_left_out_loudly(
    machine: Path, version: str, capsys: pytest.CaptureFixture[str]
) -> None:
    has(machine, version)
    assert conformance.main() == 0
    assert f"needs tool 1.24 or newer, not tool version go{version}" in capsys.readouterr().out


def test_in_ci_that_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert conformance.main() == 1


@pytest.mark.parametrize(("statuses", "ends_with"), [((0, 0), 0), ((2,), 1), ((0, 1), 1), ((0, 5), 1)], ids=str)
def test_one_that_cannot_be_installed_or_does_not_agree_or_runs_no_test_is_an_error(
    machine: Path, monkeypatch: pytest.MonkeyPatch, statuses: tuple[int, ...], ends_with: int
) -> None:
    has(machine, "1.24.0")
    ending_with(monkeypatch, *statuses)
    assert conformance.main() == ends_with
