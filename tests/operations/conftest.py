"""A world for each test, and an operator's machine beside it."""

from pathlib import Path

import pytest
from pytest_socket import disable_socket
from world.operator import ApiOfWorld
from world.world import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """See `world.world`. An account is connected."""
    disable_socket()
    world = World(monkeypatch)
    world.connect()
    return world


@pytest.fixture
def api(world: World) -> ApiOfWorld:
    return ApiOfWorld(world)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the operator's files are."""
    made = tmp_path / "migration"
    made.mkdir()
    return made
