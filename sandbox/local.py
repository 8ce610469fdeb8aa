"""`make local` and `make stop`: the whole stack, left running in the background."""

import argparse
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.aws import REPOSITORY
from sandbox.stack import SECRET_KEY, Stack, request, work_directory

_STACK_FILE = work_directory() / "stack.json"
_PID_FILE = work_directory() / "local.pid"
_LOG_FILE = work_directory() / "local.log"
_LONGEST_SECONDS = 900
"""Until it is ready, or has ended. What fails ends and is not waited for."""


def main() -> int:
    """Start, serve or stop; the exit status says whether that worked."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.local", description=__doc__)
    parser.add_argument("command", choices=("start", "stop", "serve"), help="serve stays in the foreground")
    command = parser.parse_args().command
    return {"start": _start, "stop": _stop, "serve": _serve}[command]()


def _start() -> int:
    if _running_pid():
        print("It is running already.")
        _wait(lambda: _STACK_FILE.exists() or _running_pid() is None)
    else:
        _STACK_FILE.unlink(missing_ok=True)
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}
        with _LOG_FILE.open("wb") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "sandbox.local", "serve"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=environment,
            )
        try:
            ready = _follow_until_ready(server)
        except KeyboardInterrupt:
            ready = False
        if not ready:
            server.terminate()
            server.wait()
            print(f"It did not start; see {_LOG_FILE.relative_to(REPOSITORY)}")
            return 1
    if not _STACK_FILE.exists():
        print(f"It ended; see {_LOG_FILE.relative_to(REPOSITORY)}")
        return 1
    print(_how_to_call(json.loads(_STACK_FILE.read_text())))
    return 0


def _follow_until_ready(server: subprocess.Popen[bytes]) -> bool:
    """Show what the server reports while it starts."""
    shown, deadline = 0, time.monotonic() + _LONGEST_SECONDS
    while not _STACK_FILE.exists() and server.poll() is None and time.monotonic() < deadline:
        lines = _LOG_FILE.read_text().splitlines()
        print(*lines[shown:], sep="\n", end="\n" if lines[shown:] else "", flush=True)
        shown = len(lines)
        time.sleep(0.2)
    return _STACK_FILE.exists()


def _stop() -> int:
    pid = _running_pid()
    if pid is None:
        print("It is not running.")
        return 0
    print("It is being stopped.", flush=True)
    os.kill(pid, signal.SIGTERM)
    _wait(lambda: _running_pid() is None)
    print("Stopped.")
    return 0


def _serve() -> int:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with _PID_FILE.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            with Stack("local") as stack:
                _write(_STACK_FILE, json.dumps(_connect(stack), indent=2))
                signal.pause()
        finally:
            _STACK_FILE.unlink(missing_ok=True)
    return 0


def _connect(stack: Stack) -> dict[str, str]:
    """Connect the one organization to the sandbox, and say where everything is."""
    key = stack.issue_api_key()
    # Stripe's pages lead back to the page of the stack, as they would lead back to an application.
    page = f"{stack.api_url}settings/"
    settings = {
        "secret_key": SECRET_KEY,
        "name": "Sandbox",
        "create_customers": True,
        "success_redirect_url": f"{page}#/customers",
    }
    url = f"{stack.api_url}api/v1/integrations/stripe/stripe"
    answer = request("PUT", url, {"integration": settings}, api_key=key["api_key"])
    if answer.status != 200:
        raise RuntimeError(f"connecting was answered {answer.status} {answer.body}")
    tables = {name: value for name, value in stack.outputs.items() if name.endswith("Table")}
    return {
        "page_url": f"{page}#key={key['api_key']}",
        "api_url": stack.api_url,
        "api_key": key["api_key"],
        "organization_id": key["organization_id"],
        "aws_endpoint_url": stack.emulator.endpoint_url,
        "aws_access_key_id": stack.emulator.credentials.access_key_id,
        "aws_secret_access_key": stack.emulator.credentials.secret_access_key,
        "region": stack.emulator.region,
        "stripe_url": stack.stripe_url,
        "stripe_secret_key": SECRET_KEY,
        "topic_arn": stack.outputs["TopicArn"],
    } | {_snake(name): value for name, value in tables.items()}


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _LONGEST_SECONDS
    while not until():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {_LONGEST_SECONDS} s; see {_LOG_FILE.relative_to(REPOSITORY)}")
        time.sleep(0.1)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _write(path: Path, text: str) -> None:
    """All or nothing, so that a process that waits for the file reads it whole; only its owner may."""
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def _running_pid() -> int | None:
    """The process that holds the lock on the file; a file that is left over means nothing."""
    if not _PID_FILE.exists():
        return None
    with _PID_FILE.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            return int(lock.read() or 0) or None
    return None


def _how_to_call(facts: dict[str, str]) -> str:
    api = facts["api_url"] + "api/v1"
    ours = f"curl -s -H 'Authorization: Bearer {facts['api_key']}' -H 'Content-Type: application/json'"
    customer = {"customer": {"external_id": "acme", "name": "Acme"}}
    invoice = {"invoice": {"external_customer_id": "acme", "currency": "EUR", "total_amount_cents": 4200}}
    saved_card = [
        f"customer=$({ours} {api}/customers/acme | grep -o 'cus_[a-z0-9]*' | head -1)",
        "payment_method=pm_card_visa",
        "confirm=true",
        "usage=off_session",
        "'automatic_payment_methods[enabled]=true'",
        "'automatic_payment_methods[allow_redirects]=never'",
    ]
    setup = f"curl -s -u {facts['stripe_secret_key']}: {facts['stripe_url']}/v1/setup_intents"
    return f"""
The stack is running. Open the page; the link fills in the API key:

{facts["page_url"]}

All there is to know is in .local/stack.json; `make stop` ends it. Or call the API:

# a customer, created in Stripe at once
{ours} {api}/customers -d '{json.dumps(customer)}'

# the customer saves a card: what a checkout page does, so this one is a call of Stripe
{setup} {" ".join(f"-d {parameter}" for parameter in saved_card)}

# an invoice, and what became of it
{ours} {api}/invoices -d '{json.dumps(invoice)}'
{ours} {api}/payments
"""


if __name__ == "__main__":
    sys.exit(main())
