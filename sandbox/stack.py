"""The whole stack on this machine: the template of this repository on MiniStack, with the Stripe sandbox beside it."""

import contextlib
import http.client
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from sandbox.aws import REPOSITORY, AwsEmulator
from sandbox.deployment import STAGE_NAME, Report, api_url, build, deploy
from sandbox.processes import ChildProcess
from sandbox.progress import Progress, progress
from sandbox.waiting import wait_for

SECRET_KEY = "sk_test_sandbox00000000000000000000"
_WORK = REPOSITORY / ".local"
_LONGEST_ANSWER_SECONDS = 600.0
"""The API answers within half a minute or says that it cannot; its processes may get no CPU for long."""

_WEBHOOK_RETRIES = ("--webhook-retry", "1", "--longest-webhook-retry", "8")
"""Seconds instead of the minutes to hours of Stripe."""


@dataclass
class Answer:
    """What an HTTP request was answered."""

    status: int
    body: Any


@dataclass
class Stack:
    """A context manager: everything runs inside, nothing runs after it."""

    name: str
    port: int | None = None
    report: Report = print
    settlement_seconds: float = 3.0
    scratch: Path | None = None
    emulator: AwsEmulator = field(init=False)
    outputs: dict[str, str] = field(init=False, default_factory=dict)
    stripe_url: str = field(init=False, default="")
    _stripe: ChildProcess = field(init=False)

    def __post_init__(self) -> None:
        self.directory = _WORK / self.name
        self.emulator = AwsEmulator(self.directory / "aws", port=self.port, scratch=self.scratch)

    def __enter__(self) -> Self:
        try:
            self._start_stripe()
            self.emulator.start()
            template = build(_WORK / "build", report=self.report)
            parameters = {
                "StageName": STAGE_NAME,
                "PublicBaseUrl": api_url(self.emulator),
                "StripeApiBase": self.stripe_url,
                "LogRetentionDays": "1",
                "WebhookUrls": "local",
            }
            self.outputs = deploy(self.emulator, parameters, template=template, report=self.report)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError, ConnectionError):
            self.save_logs()
        self.stop()

    def save_logs(self) -> Path:
        """Write what all functions have logged so far into one file."""
        log = self.directory / "functions.log"
        log.write_text("\n".join(self.emulator.log_messages()))
        return log

    @property
    def api_url(self) -> str:
        """Ends in a slash, as Lago's clients want it."""
        return f"{api_url(self.emulator)}/"

    def stop(self) -> None:
        """Stop everything. Safe to call again."""
        self.emulator.stop()
        if hasattr(self, "_stripe"):
            self._stripe.stop()

    def wait_for(self, what: str, attempt: Callable[[], Any]) -> Any:
        """The first truthy result of `attempt`. Raises TimeoutError once the stack does nothing any more."""
        return wait_for(what, attempt, progress=self.progress)

    def progress(self) -> Progress:
        """What it has done so far: another answer means that something went on."""
        return progress(self.emulator, request("GET", f"{self.stripe_url}/_sandbox/counts").body["counts"])

    def issue_api_key(self, organization_id: str | None = None) -> dict[str, str]:
        """What an operator does: invoke the function that issues keys."""
        payload = json.dumps({"organization_id": organization_id or str(uuid4()), "name": "sandbox"})
        function = self.outputs["IssueApiKeyFunction"]
        answer = self.emulator.client("lambda").invoke(FunctionName=function, Payload=payload)
        issued: dict[str, str] = json.loads(answer["Payload"].read())
        return issued

    def _start_stripe(self) -> None:
        port_file = self.directory / "stripe.port"
        port_file.unlink(missing_ok=True)
        command = [sys.executable, "-m", "sandbox.stripe", "--port-file", str(port_file), "--secret-key", SECRET_KEY]
        command += ["--settlement-delay", str(self.settlement_seconds), *_WEBHOOK_RETRIES]
        environment = {"PYTHONPATH": str(REPOSITORY), "PATH": os.defpath}
        self._stripe = ChildProcess(command, log=self.directory / "stripe.log", environment=environment)
        self._stripe.wait_until(lambda: port_file.exists() and bool(port_file.read_text()))
        self.stripe_url = f"http://127.0.0.1:{port_file.read_text()}"


def request(
    method: str, url: str, body: Any = None, *, api_key: str | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """One JSON request to a server on this machine."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if scheme != "http":
        raise ValueError(f"only servers on this machine are called, not {url}")
    sent = {"Content-Type": "application/json", **(headers or {})}
    if api_key:
        sent["Authorization"] = f"Bearer {api_key}"
    with contextlib.closing(http.client.HTTPConnection(host, timeout=_LONGEST_ANSWER_SECONDS)) as connection:
        connection.request(method, slash + path, None if body is None else json.dumps(body), sent)
        response = connection.getresponse()
        text = response.read().decode()
    return Answer(response.status, json.loads(text) if text else None)


def work_directory() -> Path:
    """Where the sandbox keeps its files; not under version control."""
    _WORK.mkdir(exist_ok=True)
    return _WORK
