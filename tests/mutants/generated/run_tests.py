"""The test command: has the fork server run tests in the folder that this is called in; ends with their exit code.

Only the standard library, as little of it as possible: this starts once for each mutant.
"""

import json
import os
import socket
import sys
from collections.abc import Sequence

_QUIETLY = ("-x", "-qq", "--no-header", "--no-summary", "--tb=line", "--disable-warnings")
_PLUGINS_THAT_TAKE_LONG = ("cacheprovider", "unraisableexception", "threadexception")
OPTIONS = (*_QUIETLY, *(f"-pno:{name}" for name in _PLUGINS_THAT_TAKE_LONG))

LOST = "the fork server is gone"
"""What stands for the output if it is: no kill."""


def run(
    path: str, longest: int, tests: Sequence[str], *, folder: str, keeps_bytecode: bool = False
) -> tuple[int, bytes]:
    """The exit code, 70 if the tests came to no end, and what pytest wrote.

    Bytecode may not be kept of a mutant: Python would take it for that of the next one.
    """
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(path)
        request = {
            "folder": folder,
            "options": OPTIONS,
            "tests": tests,
            "longest": longest,
            "keeps_bytecode": keeps_bytecode,
        }
        server.sendall(json.dumps(request).encode() + b"\n")
        output = server.makefile("rb").read()
    code = output.rstrip().rpartition(b"\nexit code ")[2]
    return int(code) if code.isdigit() else 70, output


if __name__ == "__main__":
    here = os.getcwd()  # noqa: PTH109 - pathlib takes long to import
    try:
        exit_code, written = run(sys.argv[1], int(sys.argv[2]), sys.argv[3:], folder=here)
    except OSError as lost:
        exit_code, written = 70, f"{LOST}: {lost}".encode()
    sys.stdout.buffer.write(written)
    sys.exit(exit_code)
