"""The API as an operator's command calls it: what may be sent again is sent again, at a pace that the API sets.

What an answer means for sending it again: docs/api/README.md#sending-again. All that a command sends is of the kind
that is the same once more.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import quote

import urllib3

from calling.errors import OperationError
from calling.pace import Pace

MOST_TRIES = 12
"""With their pauses these are a quarter of an hour at least: longer than what passes without a person."""

_LONGEST_PAUSE_SECONDS = 120.0
_SAYS_SOMETHING_OF_THE_REQUEST = frozenset({200, 400, 404, 405, 409, 413, 422})
_SEND_AGAIN = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: header names are in lower case, `body` is JSON that was read, None where there was none."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class NoReplyError(Exception):
    """The connection broke, or nothing came in time: what was sent may have been done."""


class Transport(Protocol):
    """Sends one request. Raises NoReplyError."""

    def __call__(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], /) -> Reply: ...


class HttpTransport:
    """Over HTTP, with a connection a thread. Redirects are not followed: they would carry the key elsewhere."""

    def __init__(self, connections: int) -> None:
        timeout = urllib3.Timeout(connect=5, read=35)
        self._pool = urllib3.PoolManager(maxsize=connections, timeout=timeout, retries=False)

    def __call__(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        try:
            answer = self._pool.request(method, url, body=body, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise NoReplyError(f"{type(error).__name__}") from error
        names = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status, _read(answer.data), names)


class Client:
    """One API with one key: Paystream's, or Lago's, whose words they share."""

    def __init__(
        self, url: str, key: str, *, pace: Pace, send: Transport, random: Callable[[], float], name: str = "Paystream"
    ) -> None:
        self._url = url.rstrip("/").removesuffix("/api/v1") + "/api/v1/"
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._pace, self._send, self._random, self._name = pace, send, random, name

    def get(self, path: str) -> Reply:
        return self.call("GET", path, turns=1)

    def call(self, method: str, path: str, body: Any = None, *, turns: int = 1) -> Reply:
        """The answer, where it is one to this request: a refusal, too. `turns` is how often Stripe is asked for it.

        Raises OperationError for an answer that all requests would get, and if none comes.
        """
        content = None if body is None else json.dumps(body, default=float).encode()
        said = "no answer"
        for tries in range(MOST_TRIES):
            if turns:
                self._pace.wait(turns)
            try:
                reply = self._send(method, self._url + path, content, self._headers)
            except NoReplyError as error:
                reply, said = None, str(error)
            if reply and not _is_to_be_sent_again(reply):
                return self._known(reply, method, path)
            said = f"{reply.status}" if reply else said
            self._pace.back_off(self._pause(reply, tries))
            if not turns:
                self._pace.wait()
        raise OperationError(f"{self._name} does not answer ({said}). Run this again: it goes on where it was.")

    def _known(self, reply: Reply, method: str, path: str) -> Reply:
        if reply.status == HTTPStatus.UNAUTHORIZED:
            raise OperationError(f"{self._name} refuses the API key.")
        if reply.status == HTTPStatus.FORBIDDEN:
            raise OperationError(f"{self._name} has no {method} {self._url}{path.partition('?')[0]} for this key.")
        if reply.status not in _SAYS_SOMETHING_OF_THE_REQUEST:
            raise OperationError(f"{self._name} answered {reply.status} to {method} {path.partition('?')[0]}.")
        return reply

    def _pause(self, reply: Reply | None, tries: int) -> float:
        """As long as is said, or twice as long each time; a random part of it more, so that not all come at once."""
        said = reply.headers.get("retry-after", "") if reply else ""
        pause = float(said) if said.isdecimal() else min(2.0**tries, _LONGEST_PAUSE_SECONDS)
        return pause * (1 + self._random() / 4)


def in_path(name: str) -> str:
    """An id as a part of a path."""
    return quote(name, safe="")


def _is_to_be_sent_again(reply: Reply) -> bool:
    return reply.status in _SEND_AGAIN or (reply.status == HTTPStatus.CONFLICT and "retry-after" in reply.headers)


def _read(raw: bytes) -> Any:
    """None for what is no JSON: a gateway's page, whose status says enough."""
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return None
