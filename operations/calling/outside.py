"""What a command finds outside of itself: its environment, the clock, the network. Tests bring their own."""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import SystemRandom
from threading import Event

from calling.client import Client, HttpTransport, Transport
from calling.errors import OperationError
from calling.pace import Pace
from calling.stack import local_stack

_MOST_CONNECTIONS = 64


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Outside:
    """`clock` gives seconds that only grow. `stop` ends all that sleeps: nobody waits for what is to be sent again."""

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    send: Transport = field(default_factory=lambda: HttpTransport(_MOST_CONNECTIONS))
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _utc_now
    random: Callable[[], float] = SystemRandom().random
    pause: Callable[[float], object] | None = None
    _stopped: Event = field(default_factory=Event)

    def sleep(self, seconds: float) -> None:
        """Raises OperationError once the command is stopped."""
        if self.pause:
            self.pause(seconds)
        else:
            self._stopped.wait(seconds)
        if self._stopped.is_set():
            raise OperationError("It was stopped. Run it again: it goes on where it was.")

    def stop(self) -> None:
        self._stopped.set()

    def pace(self, per_second: float) -> Pace:
        return Pace(per_second, clock=self.clock, sleep=self.sleep)

    def url(self, *, local: bool) -> str:
        """Where the API is. Raises OperationError."""
        return local_stack()["api_url"] if local else self.needed("PAYSTREAM_URL")

    def client(self, pace: Pace, *, local: bool) -> Client:
        """Paystream's API. Raises OperationError."""
        key = local_stack()["api_key"] if local else self.needed("PAYSTREAM_API_KEY")
        return Client(self.url(local=local), key, pace=pace, send=self.send, random=self.random)

    def needed(self, name: str) -> str:
        """A variable of the environment. Raises OperationError if it is not set."""
        value = self.environment.get(name)
        if not value:
            raise OperationError(f"{name} is not set: see docs/migration.md, or LOCAL=1 for the stack of `make local`.")
        return value
