"""A new world for each test, without sockets."""

from io import StringIO

import pytest
from builders.accounts import connect_with_customer
from builders.canned_answers import CannedAnswers
from paystream import bootstrap
from paystream.observability import logger
from pytest_socket import disable_socket
from world.redriving import Redriving
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


@pytest.fixture
def canned(world: World, monkeypatch: pytest.MonkeyPatch) -> CannedAnswers:
    """Lets Stripe answer what the sandbox does not."""
    answers = CannedAnswers(world.stripe)
    monkeypatch.setattr(bootstrap, "stripe_http_client", lambda: answers)
    return answers


@pytest.fixture
def unlinked_customer(world: World) -> str:
    """Lago's id of `acme`, a customer without a Stripe account: an invoice needs no more."""
    answer = world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme"}})
    return str(answer.body["customer"]["lago_id"])


@pytest.fixture
def operator(world: World) -> Redriving:
    """Whose customer `acme` can be charged."""
    connect_with_customer(world)
    return Redriving(world)
