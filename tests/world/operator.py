"""An operator's machine: its commands reach the API's handlers in a world, without sockets, and may break off."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Semaphore
from urllib.parse import urlsplit

from api_description import check_exchange
from calling.client import Reply
from calling.outside import Outside

from world.api_gateway import proxy_event, route
from world.world import World

URL = "https://api.paystream.test/live/"
KEY = "paystream_of_the_operator"


class PowerLossError(BaseException):
    """The machine is off: nothing of the command goes on."""


def _go_on(_number: int) -> None:
    """Nothing happens."""


@dataclass
class ApiOfWorld:
    """Hands requests to the handlers, one at a time. `before` and `after` are called around each of them, with how many
    were sent before it, and may raise.
    """

    world: World
    checks: bool = True
    sent: list[str] = field(default_factory=list)
    before: Callable[[int], None] = _go_on
    after: Callable[[int], None] = _go_on
    answers: list[Reply] = field(default_factory=list)
    """What is answered instead of the handlers, first of all."""
    one_at_a_time: Semaphore = field(default_factory=Semaphore)

    def __call__(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        assert url.startswith(URL)
        assert headers["Authorization"] == f"Bearer {KEY}"
        with self.one_at_a_time:
            number = len(self.sent)
            self.sent.append(f"{method} /{url.removeprefix(URL)}")
            self.before(number)
            if self.answers:
                return self.answers.pop(0)
            reply = self._answer(method, "/" + url.removeprefix(URL), body, headers)
            self.after(number)
            return reply

    def _answer(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        function, resource, parameters = route(method, urlsplit(path).path)
        event = proxy_event(method, path, body.decode() if body else None, headers=headers)
        event |= {"resource": resource, "pathParameters": parameters or None}
        answer = self.world.invoke(function, event)
        if self.checks:
            check_exchange(event, answer)
        names = {name.lower(): value for name, value in answer["headers"].items()}
        return Reply(answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None, names)

    def outside(self, **environment: str) -> Outside:
        """What a command finds on that machine. Its clock is the world's, and no time is spent."""

        def pause(seconds: float) -> None:
            with self.one_at_a_time:
                self.world.clock.advance(seconds)

        return Outside(
            environment={"PAYSTREAM_URL": URL, "PAYSTREAM_API_KEY": KEY, **environment},
            send=self,
            clock=self.world.clock.now,
            now=self.world.now,
            random=lambda: 0.5,
            pause=pause,
        )


@contextmanager
def power_lost(api: ApiOfWorld, folder: Path, *, at: int, is_answered: bool) -> Iterator[None]:
    """The machine loses its power before the request of this number is sent, or after it was answered. What was on its
    disk at that moment is there when it is on again, and no more.
    """
    image = folder.with_name(f"{folder.name}-image")

    def lose(number: int) -> None:
        if number == at:
            shutil.rmtree(image, ignore_errors=True)
            shutil.copytree(folder, image)
        if number >= at:
            raise PowerLossError

    usual = api.before, api.after
    if is_answered:
        api.after = lose
    else:
        api.before = lose
    try:
        yield
    except PowerLossError:
        shutil.rmtree(folder)
        shutil.copytree(image, folder)
    finally:
        api.before, api.after = usual
