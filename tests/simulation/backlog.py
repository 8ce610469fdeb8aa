"""`make backlog INVOICES=10000`: how fast many open invoices are settled, held against what Stripe's rate limits allow.

`python -m simulation.backlog INVOICES [LATENCY]`: LATENCY is that of Stripe, in seconds.
"""

import sys
import time
import warnings
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from statistics import median

from .timed import Latency, TimedWorld
from .weather import Profile
from .workload import Connection, Payer, Workload

RATE = 25
"""Requests a second that Stripe takes of an endpoint, and of an account in test mode."""

A_PAGE = 100
TOO_MANY_REQUESTS = HTTPStatus.TOO_MANY_REQUESTS
_PACE = 0.05
_EVERY = 30.0
_LONGEST = 7 * 86400.0
_DEAF = Profile("every event is lost", webhook_lost=1.0)
_CREATE, _LIST = "POST /v1/payment_intents", "GET /v1/payment_intents"
_RETRIEVE = "GET /v1/payment_intents/*"

Progress = Callable[[str], None]


@dataclass(slots=True)
class Measured:
    """One scenario: `bound` and `seconds` in the world's time; `figures` by name."""

    name: str
    invoices: int
    bound: float
    seconds: float
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def efficiency(self) -> float:
        return self.bound / self.seconds


def lost_events(invoices: int, latency: Latency, progress: Progress = lambda text: None) -> Measured:
    """Bank debits have settled, Stripe sent no event, and the schedule was off meanwhile: then it runs again.

    Those that found no turn at Stripe before are not among them: they were never sent.
    """
    with TimedWorld(1, latency, profile=_DEAF) as world:
        workload, (connection,) = _set_up(world, invoices, ["pm_usBankAccount_success"])
        world.hold_schedule()
        world.stripe.control.set_settlement_delay(invoices * _PACE + 600)
        for number in range(invoices):
            workload.put(workload.item(workload.payers[number % len(workload.payers)]), "put")
            world.run(world.clock.now() + _PACE)
            if number % 1000 == 0:
                progress(f"{number:,} debits made")
        world.run(world.clock.now() + invoices * _PACE + 1200)
        before, began = _counts(world, connection), world.clock.now()
        sent = [intent["metadata"]["lago_invoice_id"] for intent in connection.account.payment_intents]
        world.release_schedule()
        seconds = _drain(world, sent, progress) - began
        figures = _difference(_counts(world, connection), before)
        return Measured("lost events", len(sent), len(sent) / A_PAGE / RATE, seconds, figures)


def burst(invoices: int, latency: Latency, progress: Progress = lambda text: None) -> Measured:
    """An organization puts all its invoices at once; another one puts one now and then."""
    with TimedWorld(2, latency) as world:
        workload, (connection, neighbour) = _set_up(world, invoices, ["pm_card_visa", "pm_card_visa"])
        own = [payer for payer in workload.payers if payer.organization_id == connection.organization_id]
        other = next(payer for payer in workload.payers if payer.organization_id == neighbour.organization_id)
        before, began = _counts(world, connection), world.clock.now()
        for number in range(invoices):
            workload.put(workload.item(own[number % len(own)]), "put")
        burst_ids = list(world.invoices.put_at)
        _now_and_then(world, workload, other)
        seconds = _drain(world, burst_ids, progress) - began
        figures = _difference(_counts(world, connection), before)
        arrivals = world.calls.arrivals[connection.account.id, _CREATE]
        figures["most creations in a second"] = _most_in_a_second(arrivals)
        figures["creations a second, without the first and last tenth"] = _pace(arrivals)
        waits = _waits(world, set(world.invoices.put_at) - set(burst_ids))
        figures |= {"neighbour's invoices": len(waits), "neighbour's median": median(waits)}
        figures["neighbour's longest"] = max(waits)
        return Measured("burst", invoices, invoices / RATE, seconds, figures)


def _set_up(world: TimedWorld, invoices: int, tokens: Iterable[str]) -> tuple[Workload, list[Connection]]:
    """An organization with a Stripe account for each of the tokens, whose customers pay with it."""
    workload = Workload(world, invoices)
    for token in tokens:
        connection = workload.connect(world.new_id(), "stripe")
        for number in range(max(2, min(50, invoices // 100))):
            workload.add_payer(connection, f"customer-{number}", token)
    world.stripe.control.set_rate_limits(endpoint=RATE, total=RATE)
    return workload, workload.connections


def _now_and_then(world: TimedWorld, workload: Workload, payer: Payer) -> None:
    workload.put(workload.item(payer), "put")
    world.scheduler.at(world.clock.now() + _EVERY, lambda: _now_and_then(world, workload, payer))


def _drain(world: TimedWorld, ids: Iterable[str], progress: Progress) -> float:
    """Live on until all of these have succeeded; returns the time at which the last one did."""
    began, wanted, succeeded = world.clock.now(), set(ids), world.invoices.succeeded_at
    reported = began
    while len(succeeded) < len(wanted) or wanted - succeeded.keys():
        world.step()
        if world.clock.seconds > reported + 60:
            reported = world.clock.seconds
            progress(f"after {reported - began:,.0f} s: {len(wanted & succeeded.keys()):,} of {len(wanted):,}")
        if reported > began + _LONGEST:
            raise AssertionError(f"{len(wanted - succeeded.keys())} invoices are open after {_LONGEST:.0f} s")
    return max(succeeded[one] for one in wanted)


def _counts(world: TimedWorld, connection: Connection) -> dict[str, float]:
    """Of Stripe: only what was asked in this account."""
    account = connection.account.id
    asked = {key[1:]: number for key, number in world.calls.by_account.items() if key[0] == account}
    found: dict[str, float] = {
        name: sum(number for (endpoint, _), number in asked.items() if endpoint == wanted)
        for name, wanted in {"creations": _CREATE, "lists": _LIST, "retrievals": _RETRIEVE}.items()
    }
    found["429s"] = sum(number for (_, status), number in asked.items() if status == TOO_MANY_REQUESTS)
    found["writes of the rate limits"] = world.timed.calls["update_item", "RateLimitsTable"]
    return found


def _difference(after: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    return {name: number - before[name] for name, number in after.items()}


def _most_in_a_second(arrivals: list[float]) -> int:
    """In any second, wherever it begins. Arrivals are in order."""
    return max(bisect_left(arrivals, at + 1 - 1e-6) - position for position, at in enumerate(arrivals))


def _pace(arrivals: list[float]) -> float:
    """Requests a second from the first tenth of them to the last."""
    tenth = len(arrivals) // 10
    return (len(arrivals) - 2 * tenth - 1) / (arrivals[-1 - tenth] - arrivals[tenth])


def _waits(world: TimedWorld, ids: Iterable[str]) -> list[float]:
    found = world.invoices
    return [found.succeeded_at[one] - found.put_at[one] for one in ids if one in found.succeeded_at]


def table(all_measured: Iterable[Measured]) -> str:
    lines = ["| scenario | invoices | bound, s | measured, s | efficiency |", "| --- | --- | --- | --- | --- |"]
    more = ["| figure | scenario | number | an invoice |", "| --- | --- | --- | --- |"]
    for one in all_measured:
        lines.append(f"| {one.name} | {one.invoices:,} | {one.bound:.1f} | {one.seconds:.1f} | {one.efficiency:.2f} |")
        for name, number in one.figures.items():
            shown = f"{number:,.2f}".removesuffix(".00")
            more.append(f"| {name} | {one.name} | {shown} | {number / one.invoices:.3f} |")
    return "\n".join([*lines, "", *more])


def main(arguments: list[str]) -> int:
    warnings.filterwarnings("ignore", "No application metrics to publish")
    invoices, latency = int(arguments[0]), Latency(float(arguments[1])) if arguments[1:] else Latency()
    all_measured = []
    for scenario in (lost_events, burst):
        began = time.process_time()
        all_measured.append(scenario(invoices, latency, partial(_report, scenario.__name__)))
        _report(scenario.__name__, f"{time.process_time() - began:.0f} s of CPU")
    print(table(all_measured))
    return 0


def _report(scenario: str, text: str) -> None:
    """Past the functions' log, which is where standard output leads meanwhile."""
    print(f"{scenario}: {text}", file=sys.__stdout__, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
