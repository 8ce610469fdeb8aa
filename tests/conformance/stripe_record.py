"""Keeps whatever the Stripe sandbox answers and sends, for `test_stripe_responses.py` to hold against the description.

As a pytest plugin (`-p conformance.stripe_record`) it does so while other tests run: their scenarios are the ones that
matter. It writes below the folder that SANDBOX_RECORD names, a file a process.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from sandbox.stripe.endpoints import Router
from sandbox.stripe.engine import StripeSandbox
from sandbox.stripe.errors import ApiError
from sandbox.stripe.exchange import Exchange
from sandbox.stripe.webhooks import Delivery
from sandbox.stripe.wire import Response

FOLDER = "SANDBOX_RECORD"
EVENT = "an event"
NOWHERE = "an unknown URL"


@dataclass(frozen=True)
class Sent:
    """Something the sandbox has sent: `operation` is an endpoint of the API, EVENT or NOWHERE."""

    operation: str
    status: int
    body: str


@contextmanager
def recording(into: list[Sent]) -> Iterator[None]:
    """Keep all that any sandbox sends meanwhile. An answer is kept as it was made: faults befall it on its way."""
    respond, take_due = Exchange.respond, StripeSandbox.due_deliveries

    def kept_response(exchange: Exchange, status: int, body: bytes, extra: dict[str, str] | None = None) -> Response:
        into.append(Sent(operation_of(exchange), status, body.decode()))
        return respond(exchange, status, body, extra)

    def kept_deliveries(sandbox: StripeSandbox, now: float | None = None) -> list[Delivery]:
        deliveries = take_due(sandbox, now)
        into.extend(Sent(EVENT, 200, delivery.body.decode()) for delivery in deliveries)
        return deliveries

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Exchange, "respond", kept_response)
        patch.setattr(StripeSandbox, "due_deliveries", kept_deliveries)
        yield


def operation_of(exchange: Exchange) -> str:
    """The endpoint, even of a request that was refused before it was looked for."""
    try:
        return Router().find(exchange.request.method, exchange.request.path)[0].operation
    except ApiError:
        return NOWHERE


def recorded(folder: Path) -> Iterator[Sent]:
    """What was written below a folder."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text().splitlines():
            yield Sent(**json.loads(line))


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Iterator[None]:
    """Record for as long as tests run."""
    sent: list[Sent] = []
    with recording(sent):
        outcome = yield
    lines = "".join(f"{json.dumps(asdict(one))}\n" for one in sent)
    (Path(os.environ[FOLDER]) / f"{os.getpid()}.jsonl").write_text(lines)
    return outcome
