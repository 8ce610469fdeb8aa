"""What a running function does next, and what may happen at all: it begins, goes on or crashes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from paystream.errors import PaystreamError
from paystream.model.invoice import Invoice
from paystream.model.standing import PaymentStatus

from model import happenings
from model.functions import RUNNING, after, begin
from model.occasions import starts
from model.scenarios import Scenario
from model.use_cases import Start
from model.world import provider, tables
from model.world.calls import is_at_stripe
from model.world.state import World
from model.world.values import VALUES


class Step(NamedTuple):
    """What happens, and the world after it; `ended` is the function that came to its end with it."""

    label: str
    world: World
    ended: int | None = None


def steps(world: World, scenario: Scenario) -> Iterator[Step]:
    """All that may happen next."""
    if len(world.workers) < scenario.functions:
        for start in starts(world, scenario):
            yield from _begun(world, start, scenario)
    for worker in dict.fromkeys(world.workers):
        yield from _goes_on(world, worker, scenario)
        if RUNNING[worker].has_acted:
            yield Step(f"{who(worker)} crashes", settled_versions(_without(world, worker)))
    yield from (Step(*happening) for happening in happenings.happenings(world, scenario))


def who(worker: int) -> str:
    """The function, as a counterexample names it."""
    return RUNNING[worker].start.kind


def _begun(world: World, start: Start, scenario: Scenario) -> Iterator[Step]:
    """A function begins with its first call: to begin earlier makes no difference."""
    worker = begin(start)
    asked = world.asked
    if start.kind in ("retry", "page", "void", "paid elsewhere", "given up", "by hand"):
        wish = start.kind if start.about is None else f"{start.kind} {start.about[1]}"
        asked = tuple(sorted((*asked, wish)))
    began = world._replace(workers=tuple(sorted((*world.workers, worker))), asked=asked)
    yield from _goes_on(began, worker, scenario)


def _goes_on(world: World, worker: int, scenario: Scenario) -> Iterator[Step]:
    call = RUNNING[worker].asks
    assert call is not None
    if not is_at_stripe(call):
        answer, changed_world = tables.perform(world, worker, call)
        said = ": another one wrote first" if answer == tables.CONFLICT else ""
        yield answered(changed_world, worker, answer, f"{who(worker)}: {call.method} {call.port}{said}")
        return
    faults = world.faults < scenario.faults
    for reply in provider.replies(world, call, scenario.charges, faults=faults):
        is_fault = reply.label.startswith("no answer")
        at_stripe = world._replace(stripe=reply.stripe, faults=world.faults + is_fault)
        yield answered(at_stripe, worker, reply.answer, f"{who(worker)}: {call.method} at Stripe: {reply.label}")


def answered(world: World, worker: int, answer: int, label: str) -> Step:
    """The function has its answer, and runs until it asks again, or ends."""
    following = after(worker, answer)
    if not RUNNING[following].has_ended:
        workers = [*world.workers]
        workers[workers.index(worker)] = following
        return Step(label, world._replace(workers=tuple(sorted(workers))))
    gone = _without(world, worker)
    running = RUNNING[following]
    if running.start.kind == "stream" and running.raised is None and world.record == running.start.about:
        gone = gone._replace(record=None)
    end = f", and fails with {type(running.raised).__name__}" if running.raised else ", and ends"
    return Step(label + end, settled_versions(gone), following)


def is_documented(error: Exception | None) -> bool:
    """Whether a function may end with this."""
    return error is None or isinstance(error, PaystreamError)


def _without(world: World, worker: int) -> World:
    workers = [*world.workers]
    workers.remove(worker)
    return world._replace(workers=tuple(workers))


def settled_versions(world: World) -> World:
    """The invoice with the lowest version that tells it from those that running functions have read: versions are only
    compared.
    """
    invoice = world.invoice
    if invoice is None:
        return world
    highest = max((RUNNING[worker].versions[1] for worker in world.workers), default=0)
    version = max(highest, invoice.version // tables.VERSIONS_OF_A_LIFE * tables.VERSIONS_OF_A_LIFE) + 1
    if version >= invoice.version:
        return world
    return world._replace(item=_with_version(world.item, version))


_RENUMBERED: dict[tuple[int, int], int] = {}


def _with_version(item: int, version: int) -> int:
    if (item, version) not in _RENUMBERED:
        invoice: Invoice = VALUES[item]
        _RENUMBERED[item, version] = VALUES.number(replace(invoice, version=version))
    return _RENUMBERED[item, version]


def is_success(invoice: Invoice | None) -> bool:
    """Whether the invoice counts as paid."""
    return invoice is not None and invoice.payment_status is PaymentStatus.SUCCEEDED
