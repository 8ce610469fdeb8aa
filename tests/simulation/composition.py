"""Paystream's composition root, once for each execution environment, over the world's clients, clock and randomness.

`paystream.bootstrap` keeps what it has made for as long as its process lives. Here many processes live in one.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import boto3
import pytest
from aws_in_memory import stack
from paystream import bootstrap
from paystream.adapters.stripe import rate_limiter
from paystream.entry import records

from .lambdas import Environment, Lambda, current_invocation
from .receivers import PublicNames
from .scheduler import Scheduler, Task, current_task
from .stripe_library import speed_up

Client = Callable[[str], Any]


class Threads:
    """In place of the standard library's thread pool: a task a thread, so that the seed decides who goes on."""

    def __init__(self, compute: Lambda, max_workers: int) -> None:
        self._compute = compute
        self._workers = max_workers

    def map(self, work: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        todo = list(items)
        invocation = current_invocation()
        if invocation is None or len(todo) < 2:
            return iter([work(item) for item in todo])
        results: list[Any] = [None] * len(todo)
        left = iter(range(len(todo)))

        def one_after_another() -> None:
            for position in left:
                results[position] = work(todo[position])

        self._compute.threads(invocation, [one_after_another] * min(self._workers, len(todo)))
        return iter(results)


class TaskLock:
    """In place of a thread's lock: who waits for it lets the others go on."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._held = False
        self._waiting: list[Task] = []

    def __enter__(self) -> None:
        while self._held and (task := current_task()):
            self._waiting.append(task)
            self._scheduler.block()
        self._held = True

    def __exit__(self, *error: object) -> None:
        self._held = False
        for task in self._waiting:
            self._scheduler.unblock(task)
        self._waiting.clear()


def compose(
    patch: pytest.MonkeyPatch,
    compute: Lambda,
    scheduler: Scheduler,
    *,
    client: Client,
    stripe_http_client: Callable[[float], Any],
) -> None:
    """Put the world in place of AWS, Stripe, the clock and randomness, until the patches are undone."""
    variables = stack.variables()
    for name, value in variables.items():
        patch.setenv(name, value)
    patch.setattr(boto3, "client", lambda service, **_: client(service))
    patch.setattr(bootstrap, "now", lambda: datetime.fromtimestamp(scheduler.clock.seconds, UTC))
    patch.setattr(bootstrap, "monotonic", scheduler.clock.now)
    patch.setattr(bootstrap, "sleep", scheduler.sleep, raising=False)
    patch.setattr(bootstrap, "SystemRandom", lambda: scheduler.random)
    patch.setattr(bootstrap, "new_id", lambda: new_uuid(scheduler))
    patch.setattr(bootstrap, "new_key_secret", lambda: f"{scheduler.random.getrandbits(256):064x}")
    patch.setattr(bootstrap, "SystemRandom", lambda: scheduler.random)
    world = Environment(next(iter(compute.functions.values())))
    for name, made in list(vars(bootstrap).items()):
        if hasattr(made, "cache_clear") and made.__module__ == bootstrap.__name__:
            patch.setattr(bootstrap, name, _per_environment(name, made.__wrapped__, variables, world))
    patch.setattr(
        bootstrap,
        "stripe_http_client",
        lambda: stripe_http_client(float(_environment(world).function.variables.get("STRIPE_READ_SECONDS", "5"))),
    )
    patch.setattr(bootstrap, "resolver", PublicNames)
    speed_up(patch)
    patch.setattr(rate_limiter, "Lock", lambda: TaskLock(scheduler))
    patch.setattr(records, "ThreadPoolExecutor", partial(Threads, compute))
    forget_threads()


def forget_threads() -> None:
    """Threads are kept for as long as the process lives, which is longer than a world does."""
    records._threads.cache_clear()


def new_uuid(scheduler: Scheduler) -> str:
    """A UUID that is drawn from the seed."""
    digits = f"{scheduler.random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def _environment(world: Environment) -> Environment:
    invocation = current_invocation()
    return world if invocation is None else invocation.environment


def _per_environment(
    name: str, make: Callable[..., Any], variables: Mapping[str, str], world: Environment
) -> Callable[..., Any]:
    def made(*arguments: Any) -> Any:
        environment = _environment(world)
        kept, key = environment.made, (name, arguments)
        if key not in kept:
            with _only(environment.function.variables, variables):
                kept[key] = make(*arguments)
        return kept[key]

    return made


@contextmanager
def _only(wanted: Mapping[str, str], all_of_them: Mapping[str, str]) -> Iterator[None]:
    """The environment variables of one function, and of no other; within another such block of it nothing changes."""
    absent = {name: os.environ.pop(name) for name in all_of_them.keys() - wanted.keys() if name in os.environ}
    others = {name: os.environ[name] for name, value in wanted.items() if os.environ[name] != value}
    os.environ.update({name: wanted[name] for name in others})
    try:
        yield
    finally:
        os.environ.update(absent | others)
