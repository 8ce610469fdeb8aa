"""Without a key: the sandbox stands for Stripe, with differences planted into what it answered. Each must be found."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from paystream.adapters.stripe.gateway import API_VERSION

from .comparison import Difference, differences
from .exchanges import Exchange, content, observe, with_body
from .recordings import Recorded, RecordedShape, Recording, masked, read_all, recorded, recorded_exchange, write
from .run import Run, sandbox

Plant = Callable[[Exchange], Exchange | None]
_UNTOUCHED = ("id", "object", "status", "error", "data", "url")


def _other_status(exchange: Exchange) -> Exchange:
    return replace(exchange, status=exchange.status + 1)


def _other_word(*path: str) -> Plant:
    """Another word in a place of the answer; None where it has none."""

    def plant(exchange: Exchange) -> Exchange | None:
        body = content(exchange)
        holder: Any = body
        for name in path[:-1]:
            holder = holder.get(name) if isinstance(holder, dict) else None
        if not isinstance(holder, dict) or not isinstance(holder.get(path[-1]), str):
            return None
        holder[path[-1]] = "planted"
        return with_body(exchange, body)

    return plant


def _other_intent_status(exchange: Exchange) -> Exchange | None:
    if observe(exchange).intent_status is None:
        return None
    is_refused = "error" in content(exchange)
    return _other_word(*(("error", "payment_intent", "status") if is_refused else ("status",)))(exchange)


def _missing_key(exchange: Exchange) -> Exchange | None:
    """As if Stripe did not have what the sandbox has."""
    body = content(exchange)
    optional = sorted(body.keys() - {*_UNTOUCHED})
    return with_body(exchange, {name: body[name] for name in body if name != optional[0]}) if optional else None


def _surplus_key(exchange: Exchange) -> Exchange:
    """As if Stripe had more than the sandbox has."""
    return with_body(exchange, content(exchange) | {"planted": None})


PLANTS: dict[str, Plant] = {
    "status": _other_status,
    "code": _other_word("error", "code"),
    "decline code": _other_word("error", "decline_code"),
    "intent status": _other_intent_status,
    "surplus keys": _missing_key,
    "missing keys": _surplus_key,
}
"""By what the comparison has to say of it."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the self-test came to. `missed` are planted differences that were not found, or found as something else."""

    shapes: int
    exchanges: int
    honest: list[Difference]
    planted: Counter[str]
    missed: list[str]
    left: tuple[str, ...]
    leaks: list[str]

    @property
    def holds(self) -> bool:
        """Whether all was found, and nothing else."""
        return not (self.honest or self.missed or self.left or self.leaks)


def self_test() -> Figures:
    """Two runs of the sandbox, and each difference planted into each answer that can have it."""
    theirs, ours = sandbox().play(), sandbox().play()
    kept, text = _written_and_read(theirs)
    expected = recorded(ours)
    planted: Counter[str] = Counter()
    missed = []
    for what, changed, honest in _planted(theirs, expected):
        planted[what] += 1
        found = {one.what for one in differences([changed], [honest])}
        if found != {what}:
            missed.append(f"{changed.name}: {what}, found as {sorted(found) or 'nothing'}")
    return Figures(
        shapes=len(theirs.results),
        exchanges=sum(len(result.exchanges) for result in theirs.results),
        honest=differences(kept, expected),
        planted=planted,
        missed=missed,
        left=(*theirs.left, *ours.left),
        leaks=_leaks(theirs, text),
    )


def lines(figures: Figures) -> Iterator[str]:
    """The figures, as they are printed."""
    yield f"{figures.shapes} shapes, {figures.exchanges} requests; {len(figures.honest)} differences between two runs."
    for what, number in figures.planted.items():
        missed = sum(f": {what}, found as" in one for one in figures.missed)
        yield f"  {what:<14} planted {number:>4}  found {number - missed:>4}"
    yield f"{len(figures.leaks)} ids or keys in the recording; {len(figures.left)} things left behind."
    yield from figures.missed
    yield from figures.leaks
    yield from figures.left


def _planted(run: Run, expected: tuple[RecordedShape, ...]) -> Iterator[tuple[str, RecordedShape, RecordedShape]]:
    """One difference at a time: what is planted, the shape that has it, and the one that has not."""
    for result, shape, honest in zip(run.results, recorded(run), expected, strict=True):
        for place, exchange in enumerate(result.exchanges):
            for what, plant in PLANTS.items():
                changed = plant(exchange)
                if changed is not None:
                    yield what, _with(shape, place, recorded_exchange(changed, run.name)), honest


def _with(shape: RecordedShape, place: int, exchange: Recorded) -> RecordedShape:
    exchanges = [*shape.exchanges]
    exchanges[place] = exchange
    return replace(shape, exchanges=tuple(exchanges))


def _written_and_read(run: Run) -> tuple[tuple[RecordedShape, ...], str]:
    """As `make conformance` finds it."""
    with TemporaryDirectory() as folder:
        path = write(Recording(API_VERSION, "2026-01-01", "US", "usd", recorded(run)), Path(folder))
        (recording,) = read_all(Path(folder))
        return recording.shapes, path.read_text()


def _leaks(run: Run, text: str) -> list[str]:
    """Ids of the run that stand in the recording, and its own name."""
    ids = {content(exchange).get("id") for result in run.results for exchange in result.exchanges} - {None}
    found = [str(one) for one in ids if json.dumps(one) in text or f"/{one}" in text]
    return found + [name for name in (run.name,) if name in text and masked(name, run.name) != name]
