"""A new world for each test, without sockets."""

from io import StringIO

import pytest
from paystream.observability import logger
from pytest_socket import disable_socket
from world.world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """See `world.world`."""
    disable_socket()
    return World(monkeypatch)


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """All that the handlers log from now on."""
    written = StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", written)
    return written
