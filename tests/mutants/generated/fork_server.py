"""A process that has imported what all tests need but nothing of ours, and runs tests in copies of itself: a copy is
there in milliseconds, a new Python with these libraries in seconds.

A request is a line of JSON: `folder`, pytest's `options`, the files of `tests`, the `longest` time in seconds,
`keeps_bytecode`. They run one after the other until one fails. The answer is what pytest writes, and a last line with
its exit code.
"""

import gc
import importlib
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

LIBRARIES = (
    "aiohttp aws_lambda_powertools boto3 hypothesis.strategies jsonschema openapi_spec_validator pydantic pytest "
    "pytest_cov.plugin pytest_socket stripe xdist.plugin yaml"
).split()


def serve(path: str) -> None:
    """Answer on this socket, as long as the process that has started this one is there."""
    for library in LIBRARIES:
        importlib.import_module(library)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    parent = os.getppid()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{path}.new")
        server.listen()
        Path(f"{path}.new").rename(path)
        server.settimeout(5)
        while os.getppid() == parent:
            with suppress(TimeoutError):
                connection, _ = server.accept()
                if os.fork() == 0:
                    server.close()
                    _answer(connection)
                connection.close()


def _answer(connection: socket.socket) -> None:
    """Never returns: whatever happens, this copy ends here."""
    code = 70
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        request = json.loads(connection.makefile().readline())
        signal.alarm(request["longest"])
        os.dup2(connection.fileno(), 1)
        os.dup2(connection.fileno(), 2)
        os.chdir(request["folder"])
        sys.dont_write_bytecode = not request["keeps_bytecode"]
        pytest = importlib.import_module("pytest")
        runs = (int(pytest.main([*request["options"], test])) for test in request["tests"])
        code = next(filter(None, runs), 0)
        sys.stdout.flush()
        connection.sendall(f"\nexit code {code}\n".encode())
    finally:
        os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
