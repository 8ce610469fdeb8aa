"""What happened in a run, step by step: the last of it as text, all of it as one hash."""

import sys
from collections import deque
from hashlib import blake2b

_KEPT = 400


class Trace:
    """`shows_all` prints each step as it happens."""

    def __init__(self, *, shows_all: bool = False) -> None:
        self.last: deque[str] = deque(maxlen=_KEPT)
        self.steps = 0
        self._hash = blake2b(digest_size=16)
        self._shows_all = shows_all

    def note(self, *words: str) -> None:
        line = " ".join(words)
        self.last.append(line)
        self._hash.update(line.encode())
        if self._shows_all:
            print(line, file=sys.stderr)

    def hash(self) -> str:
        return self._hash.hexdigest()
