"""What crosses the connection: requests, responses and how a response fails to arrive."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

JsonObject = dict[str, Any]


class Headers(Mapping[str, str]):
    """HTTP headers: names match whatever their case."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        self._values = {name.lower(): (name, value) for name, value in (headers or {}).items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values


class Transport(StrEnum):
    """What becomes of a response on its way to the caller."""

    DELIVERED = "delivered"
    CUT = "cut"
    """The connection is closed without a byte of response."""
    HELD = "held"
    """Nothing arrives until the hold is released; an in-process caller sees a timeout."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request to the API; `query` is the raw query string, `body` the raw form."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | str = b""


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response; `delay` is in seconds, `hold` names the hold that keeps it back."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    transport: Transport = Transport.DELIVERED
    delay: float = 0.0
    hold: str | None = None
