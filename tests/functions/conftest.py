"""A new world for each test, without sockets."""

from collections.abc import Iterator
from functools import cache
from io import StringIO

import boto3
import pytest
from functions.moto_transactions import make_transactions_quick_and_atomic
from functions.world import World
from moto import mock_aws
from paystream.observability import logger
from pytest_socket import disable_socket

# Making a client costs more than ten calls of it; moto forgets its state between tests, clients have none.
_client, _resource = cache(boto3.client), cache(boto3.resource)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """See `functions.world`."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "client", _client)
    monkeypatch.setattr(boto3, "resource", _resource)
    disable_socket()
    make_transactions_quick_and_atomic(monkeypatch)
    with mock_aws():
        yield World(monkeypatch)


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """All that the handlers log from now on."""
    written = StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", written)
    return written
