"""A new world for each test, without sockets."""

from collections.abc import Iterator
from io import StringIO

import pytest
from functions.world import World
from moto import mock_aws
from paystream.observability import logger
from pytest_socket import disable_socket


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """See `functions.world`."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    disable_socket()
    with mock_aws():
        yield World(monkeypatch)


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """All that the handlers log from now on."""
    written = StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", written)
    return written
