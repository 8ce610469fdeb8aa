"""AWS on this machine: MiniStack, reachable from loopback only, with IAM policies enforced."""

import contextlib
import http.client
import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import boto3
from botocore.config import Config
from sandbox.processes import ChildProcess, free_port

REPOSITORY = Path(__file__).resolve().parents[1]
REGION = "us-east-1"
_LONGEST_ANSWER_SECONDS = 900
"""As long as a function of Lambda may run."""

_LONGEST_FAREWELL_SECONDS = 2.0
"""Its state is in memory and ends with it, so nothing is lost that it would still write down."""

# MiniStack runs Python functions with sys.executable. Its own environment holds boto3 and pydantic, which would hide
# what the layer forgot, so functions get an empty environment instead.
_LAUNCHER = """
import runpy, sys
sys.executable = sys.argv.pop(1)
runpy.run_module("ministack", run_name="__main__", alter_sys=True)
"""


class Credentials(NamedTuple):
    """An access key. MiniStack checks the id, not the signature: loopback is what protects it."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


_ADMINISTRATOR = Credentials("administrator", "local")


class AwsEmulator:
    """MiniStack as a context manager, with everything it writes below one directory.

    State is in memory: it ends with the emulator. The port is free unless chosen. `scratch` is where each process of a
    function gets the function and its layer unpacked, 60 MB: below the directory unless chosen. Left over, it is
    removed.
    """

    def __init__(self, directory: Path, *, port: int | None = None, scratch: Path | None = None) -> None:
        self.directory = directory.resolve()
        self.scratch = scratch or self.directory / "tmp"
        self.port = port or free_port()
        self.region = REGION
        self.credentials = _ADMINISTRATOR
        self._process: ChildProcess | None = None

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.directory / "ministack.log"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start, and return once requests are answered. Raises ProcessError with the log's tail when that fails."""
        folders = {name: self.directory / name for name in ("home", "s3", "state")} | {"tmp": self.scratch}
        _remove(self.scratch)
        for folder in folders.values():
            folder.mkdir(parents=True, exist_ok=True)
        # Functions inherit this environment: only what is listed here reaches them.
        environment = {
            "PATH": os.defpath,
            "HOME": str(folders["home"]),
            "TMPDIR": str(folders["tmp"]),
            "STATE_DIR": str(folders["state"]),
            "S3_DATA_DIR": str(folders["s3"]),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_REGION": self.region,
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": self.credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.credentials.secret_access_key,
            "PYTHONUNBUFFERED": "1",
        }
        self._process = ChildProcess(
            [str(interpreter()), "-c", _LAUNCHER, str(self._function_interpreter())],
            log=self.log,
            environment=environment,
            directory=self.directory,
        )
        try:
            self._process.wait_until(self._ready)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it and every function it runs. Safe to call again."""
        if self._process is not None:
            self._process.stop(grace_seconds=_LONGEST_FAREWELL_SECONDS)
            _remove(self.scratch)

    def client(self, service: str, credentials: Credentials | None = None) -> Any:
        """A boto3 client: the administrator's, unless other credentials are given."""
        key = credentials or self.credentials
        session = boto3.Session(
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=key.secret_access_key,
            aws_session_token=key.session_token,
            region_name=self.region,
        )
        create_client: Any = session.client
        # An invocation is answered when the function is done, and must not be sent twice because that takes its time.
        patient = Config(proxies={}, read_timeout=_LONGEST_ANSWER_SECONDS)
        return create_client(service, endpoint_url=self.endpoint_url, config=patient)

    def assume_role(self, role_arn: str) -> Credentials:
        """What a function with this role is allowed to do, for a test to try."""
        answer = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="sandbox")["Credentials"]
        return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])

    def log_messages(self, name_prefix: str = "/aws/lambda/") -> Iterator[str]:
        """Every message in the log groups whose name starts so: all functions, unless a narrower prefix is given."""
        logs = self.client("logs")
        for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name_prefix):
            for group in page["logGroups"]:
                events = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
                yield from (event["message"] for answer in events for event in answer["events"])

    @property
    def worker_marker(self) -> str:
        """What the command line of each process that runs a function holds; the function's name follows."""
        return f"{self.scratch}/ministack-lambda-"

    def worker_pids(self, function_name: str) -> list[int]:
        """The processes that run a function: one for each concurrent invocation so far."""
        marker = f"{self.worker_marker}{function_name}-"
        listing = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,args="], capture_output=True, text=True, check=True)
        return [int(line.split()[0]) for line in listing.stdout.splitlines() if marker in line]

    def _function_interpreter(self) -> Path:
        environment = self.directory / "python"
        if not environment.exists():
            subprocess.run([interpreter(), "-m", "venv", "--without-pip", environment], check=True)
        return environment / "bin" / "python"

    def _ready(self) -> bool:
        # Another program that holds the port would answer too.
        if f"Running on {self.endpoint_url}" not in self.log.read_text(errors="replace"):
            return False
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/_ministack/ready")
            return connection.getresponse().status == http.HTTPStatus.OK
        return False


def _remove(folder: Path) -> None:
    """At once, as far as anybody can see: ten thousands of files are taken away by a process that nobody waits for."""
    if folder.exists():
        old = folder.with_name(f"{folder.name}.removed-{uuid.uuid4().hex}")
        folder.rename(old)
        subprocess.Popen(
            ["rm", "-rf", *map(str, folder.parent.glob(f"{folder.name}.removed-*"))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def interpreter() -> Path:
    """The Python that runs MiniStack, and with it the functions: MINISTACK_PYTHON, or the one `make` installs."""
    return Path(os.environ.get("MINISTACK_PYTHON", REPOSITORY / ".venv/ministack/bin/python"))


def function_target() -> tuple[str, str]:
    """The Python version and the platform to build the layer for, as uv names them: "3.13", "aarch64-apple-darwin"."""
    question = (
        "import json, platform, sys;"
        "print(json.dumps([sys.version_info[:2], platform.system(), platform.machine(), platform.libc_ver()[0]]))"
    )
    answer = subprocess.run([interpreter(), "-c", question], capture_output=True, text=True, check=True)
    (major, minor), system, machine, libc = json.loads(answer.stdout)
    machine = {"arm64": "aarch64", "AMD64": "x86_64"}.get(machine, machine)
    if system == "Darwin":
        return f"{major}.{minor}", f"{machine}-apple-darwin"
    return f"{major}.{minor}", f"{machine}-unknown-linux-{'gnu' if libc == 'glibc' else 'musl'}"
