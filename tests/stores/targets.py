"""What speaks DynamoDB's language: each is a low-level client of boto3's shape, and one of the tables' streams."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from moto import mock_aws
from sandbox.aws import AwsEmulator
from sandbox.processes import ChildProcess, free_port, is_listening
from stores.simulated import SimulatedDynamoDB, SimulatedStreams
from template import REPOSITORY

DYNOXIDE = REPOSITORY / ".venv" / "dynoxide" / "bin" / "dynoxide"


@dataclass(frozen=True)
class Target:
    """One DynamoDB: what the stores get, how its streams are read, and what has to be entered for each test."""

    dynamodb: Any
    streams: Any
    for_a_test: Callable[[], AbstractContextManager[Any]] = nullcontext


Start = Callable[[Path], AbstractContextManager[Target]]
"""Starts it, with a folder for its files, and ends it."""


class OneAtATime:
    """A client whose calls wait for each other: moto does not keep others out between a condition and its write."""

    def __init__(self, client: Any) -> None:
        self._client, self._lock = client, Lock()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            with self._lock:
                return found(*arguments, **named)

        return call


@contextmanager
def moto(folder: Path) -> Iterator[Target]:
    """In this process, for a test at a time: what other tests do with moto must not find it at work."""
    # Without this moto does not recognise the host of the account's own endpoint for streams.
    clients = _clients(config=Config(account_id_endpoint_mode="disabled"))
    yield Target(OneAtATime(clients.dynamodb), clients.streams, mock_aws)


@contextmanager
def dynoxide(folder: Path) -> Iterator[Target]:
    """On loopback, in memory."""
    if not DYNOXIDE.exists():
        raise LookupError(f"{DYNOXIDE.relative_to(REPOSITORY)} is missing: `make conformance` installs it")
    port = free_port()
    command = [str(DYNOXIDE), "serve", "--host", "127.0.0.1", "--port", str(port)]
    process = ChildProcess(command, log=folder / "dynoxide.log", environment={"HOME": str(folder)})
    try:
        process.wait_until(lambda: is_listening(port))
        with endpoint(f"http://127.0.0.1:{port}")(folder) as target:
            yield target
    finally:
        process.stop()


@contextmanager
def ministack(folder: Path) -> Iterator[Target]:
    """The emulator that `make demo` deploys to."""
    with AwsEmulator(folder) as emulator:
        yield Target(emulator.client("dynamodb"), emulator.client("dynamodbstreams"))


@contextmanager
def simulation(folder: Path) -> Iterator[Target]:
    """The one that the functions run on in the simulation."""
    dynamodb = SimulatedDynamoDB()
    yield Target(OneAtATime(dynamodb), SimulatedStreams(dynamodb))


def endpoint(url: str) -> Start:
    """Whatever listens there already, such as Amazon's DynamoDB Local."""

    @contextmanager
    def connected(folder: Path) -> Iterator[Target]:
        yield _clients(endpoint_url=url, config=Config(proxies={}))

    return connected


TARGETS: Mapping[str, Start] = {
    "moto": moto,
    "simulation": simulation,
    "dynoxide": dynoxide,
    "ministack": ministack,
}


def target_named(name: str) -> Start:
    """One of TARGETS, or an endpoint's URL. Raises LookupError."""
    if name.startswith(("http://", "https://")):
        return endpoint(name)
    if name not in TARGETS:
        raise LookupError(f"--dynamodb is a URL or one of {', '.join(TARGETS)}, not {name}")
    return TARGETS[name]


def _clients(**settings: Any) -> Target:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    create: Any = session.client
    return Target(create("dynamodb", **settings), create("dynamodbstreams", **settings))
