"""A receiver of webhooks on loopback, as an application has one: it answers the handshake and keeps what it is sent."""

import contextlib
import http.client
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit


class Receiver:
    """A context manager. `posts` are the notifications; `authorization` what came with the last request.

    It confirms automatically unless it is to wait for `confirm`.
    """

    def __init__(self, *, confirms: bool = True) -> None:
        self.posts: list[dict[str, Any]] = []
        self.authorization: str | None = None
        self._confirms = confirms
        self._asked: list[str] = []
        self._server = _Server(self)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="receiver", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, credentials: str = "") -> str:
        """Where it listens; `credentials` are `user:password@`."""
        return f"http://{credentials}127.0.0.1:{self._server.server_port}/lago"

    @property
    def was_asked(self) -> bool:
        return bool(self._asked)

    def confirm(self) -> None:
        """Open all that SNS wants to be opened."""
        while self._asked:
            parts = urlsplit(self._asked.pop())
            with contextlib.closing(http.client.HTTPConnection(parts.netloc, timeout=10)) as connection:
                connection.request("GET", f"{parts.path}?{parts.query}")
                status = connection.getresponse().status
            if status != 200:
                raise RuntimeError(f"the confirmation was answered {status}")

    def receive(self, kind: str, body: dict[str, Any], authorization: str | None) -> None:
        """One request of SNS's."""
        self.authorization = authorization
        if kind == "Notification":
            self.posts.append(body)
        elif kind == "SubscriptionConfirmation":
            self._asked.append(body["SubscribeURL"])
            if self._confirms:
                self.confirm()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.receiver = receiver


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.receiver.receive(self.headers["x-amz-sns-message-type"], body, self.headers.get("Authorization"))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Nothing: what was received says it all."""
