"""The API of a world on loopback, as fast as this machine: time passes only where the handlers wait."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from world.operator import KEY, URL, ApiOfWorld


@contextmanager
def served(api: ApiOfWorld, *, answered: Callable[[int], None]) -> Iterator[str]:
    """The URL at which it answers. `answered` is called with the number of requests so far, before each reply."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else None
            headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
            reply = api(self.command, URL + self.path.lstrip("/"), body, headers)
            answered(len(api.sent))
            content = json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name in reply.headers.keys() - {"content-type"}:
                self.send_header(name, reply.headers[name])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
            """Nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Who was killed does not take its answer; any other error is shown."""
            if not isinstance(sys.exception(), ConnectionError):
                super().handle_error(request, client_address)

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
