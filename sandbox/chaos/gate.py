"""A gate between the functions and the emulator: it lets every call by and keeps back the one it is asked to."""

import contextlib
import http.client
import select
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs

from sandbox.aws import AwsEmulator

_SERVICES = ("DYNAMODB", "LAMBDA", "S3", "SNS", "SQS")
_LONGEST_ANSWER_SECONDS = 900.0
"""Of the emulator: as long as a function may run that another one invokes."""
_OWN = {"connection", "content-length", "date", "server", "transfer-encoding"}
"""Headers that each side of the gate writes for itself."""


@dataclass
class GateHold:
    """Befalls the next call of this operation by this function, before or after it takes effect. `naming`: what the
    call has to name, such as a table.

    Its caller gets no answer, and a call that is kept back before it took effect never does: it is the call of a
    process that died on the way to it. `strike` is called as soon as the call is there, with what says whether its
    caller still waits for an answer: some wait for half a second only.
    """

    function: str
    operation: str
    took_effect: bool
    naming: str
    strike: Callable[[Callable[[], bool]], None]
    released: threading.Event = field(default_factory=threading.Event)

    def befalls(self, function: str, operation: str, body: bytes) -> bool:
        return (self.function, self.operation) == (function, operation) and self.naming.encode() in body

    def keep_back(self, caller: socket.socket) -> None:
        self.strike(lambda: _is_open(caller))
        self.released.wait()


class Gate:
    """A context manager that serves on free ports of loopback, one for each function: by them it knows which one calls.

    All else of a call stays as it was signed.
    """

    def __init__(self, emulator: AwsEmulator) -> None:
        self._emulator = emulator
        self._servers: list[_Server] = []
        self._holds: list[GateHold] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.clear()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def upstream(self) -> tuple[str, int]:
        return "127.0.0.1", self._emulator.port

    def lead(self, function: str, physical_name: str) -> None:
        """Have a deployed function call AWS through the gate, by boto3's own setting for it."""
        server = _Server(self, function)
        self._servers.append(server)
        threading.Thread(target=server.serve_forever, name=f"gate-{function}", daemon=True).start()
        client = self._emulator.client("lambda")
        variables = client.get_function_configuration(FunctionName=physical_name)["Environment"]["Variables"]
        url = f"http://127.0.0.1:{server.server_port}"
        through = {f"AWS_ENDPOINT_URL_{service}": url for service in _SERVICES}
        client.update_function_configuration(FunctionName=physical_name, Environment={"Variables": variables | through})

    def hold(self, wanted: GateHold) -> None:
        """Keep back the next such call."""
        with self._lock:
            self._holds.append(wanted)

    def take(self, function: str, operation: str, body: bytes) -> GateHold | None:
        """The hold that befalls this call; it then befalls no other."""
        with self._lock:
            for hold in self._holds:
                if hold.befalls(function, operation, body):
                    self._holds.remove(hold)
                    return hold
        return None

    def clear(self) -> None:
        """Forget what was asked for and did not come."""
        with self._lock:
            self._holds.clear()


def _is_open(connection: socket.socket) -> bool:
    """Whether who connected is still there: nobody sends anything more before the answer has come."""
    readable, _, _ = select.select([connection], [], [], 0)
    return not readable


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, gate: Gate, function: str) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.gate = gate
        self.function = function


class _Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._pass_on()

    def do_POST(self) -> None:
        self._pass_on()

    def do_PUT(self) -> None:
        self._pass_on()

    def do_DELETE(self) -> None:
        self._pass_on()

    def handle(self) -> None:
        """A process that was killed does not say goodbye."""
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Silent: the emulator has its own log."""

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        hold = self.server.gate.take(self.server.function, self._operation(body), body)
        if hold and not hold.took_effect:
            return self._keep_back(hold)
        answer, content = self._forward(body)
        if hold:
            return self._keep_back(hold)
        return self._answer(answer, content)

    def _operation(self, body: bytes) -> str:
        """JSON protocols name it in a header, the query protocol of SNS in the body, REST by method and path. A caller
        that was killed while it sent the body may not have come so far.
        """
        if target := self.headers.get("X-Amz-Target"):
            return target.rpartition(".")[2]
        if self.command == "POST":
            return "Invoke" if self.path.endswith("/invocations") else parse_qs(body.decode()).get("Action", [""])[0]
        if self.command == "PUT":
            return "CopyObject" if "x-amz-copy-source" in self.headers else "PutObject"
        return "DeleteObject" if self.command == "DELETE" else "GetObject"

    def _keep_back(self, hold: GateHold) -> None:
        self.close_connection = True
        hold.keep_back(self.connection)

    def _forward(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        host, port = self.server.gate.upstream
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
        with contextlib.closing(http.client.HTTPConnection(host, port, timeout=_LONGEST_ANSWER_SECONDS)) as connection:
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            return answer, answer.read()

    def _answer(self, answer: http.client.HTTPResponse, content: bytes) -> None:
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _OWN:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
