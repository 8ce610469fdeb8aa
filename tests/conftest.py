"""Options of all tests, and the figures that some of them report."""

import gc
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # how long an example takes says nothing about it
settings.load_profile("any machine")

Figures = dict[str, Any]
_FIGURES = pytest.StashKey[Figures]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """What a run is to be against, and where its figures go."""
    parser.addoption(
        "--dynamodb",
        default="simulation",
        help="what tests/stores run against: a name of tests/stores/targets.py, or the URL of an endpoint",
    )
    parser.addoption("--figures", type=Path, help="the file to write outcomes and figures to, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = {}


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never among what all tests share: it is a tenth of what a test takes otherwise."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> Figures:
    """What has been counted, by what it is: for the closing table of `make conformance`."""
    return request.config.stash[_FIGURES]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how to repeat what failed; write outcomes and figures, if they are wanted."""
    file: Path | None = config.getoption("--figures")
    if terminalreporter.stats.keys() & {"failed", "error"} and config.pluginmanager.hasplugin("cacheprovider"):
        terminalreporter.write_line("What failed can be repeated alone: make test ONLY=--last-failed")
    if file:
        outcomes = {name: len(reports) for name, reports in terminalreporter.stats.items() if name}
        file.write_text(json.dumps({"outcomes": outcomes, "figures": config.stash[_FIGURES]}))
