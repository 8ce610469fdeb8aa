"""Where `make conformance` has put the judges, and how they are started."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.processes import ChildProcess, free_port, is_listening
from template import REPOSITORY

STRIPE_MOCK = REPOSITORY / ".venv" / "stripe-mock"
STRIPE_DESCRIPTION = STRIPE_MOCK / "spec3.json"


def installed(path: Path) -> Path:
    """The path. Fails, and says what to do, if nothing is there: a judge that is missing has not agreed."""
    assert path.exists(), f"{path.relative_to(REPOSITORY)} is missing: `make conformance` installs it"
    return path


@contextmanager
def stripe_mock(folder: Path) -> Iterator[str]:
    """Stripe's own mock server on loopback; yields its URL."""
    port = free_port()
    program = str(installed(STRIPE_MOCK / "stripe-mock"))
    # Unless it is set otherwise it takes HTTPS besides, on a fixed port of all interfaces.
    command = [program, "-http-addr", f"127.0.0.1:{port}", "-https-addr", "127.0.0.1:0"]
    process = ChildProcess(command, log=folder / "stripe-mock.log", environment={})
    try:
        process.wait_until(lambda: is_listening(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stop()
