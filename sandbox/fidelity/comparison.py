"""What the sandbox answers otherwise than Stripe, and the table of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap

from .exchanges import Observation
from .recordings import Recorded, RecordedShape, Recording, recorded
from .run import SHAPES, sandbox

_WIDTHS = (32, 14, 24, 24)
"""100 columns with the gaps between them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """In one answer to one request of a shape."""

    shape: str
    operation: str
    what: str
    stripe: str
    sandbox: str


def differences(stripe: Iterable[RecordedShape], sandbox: Iterable[RecordedShape]) -> list[Difference]:
    """All, in the order of the requests. A shape that was not asked of both is passed over."""
    ours = {shape.name: shape for shape in sandbox}
    return [found for shape in stripe if shape.name in ours for found in _of_shape(shape, ours[shape.name])]


def of_recording(recording: Recording) -> list[Difference]:
    """What the sandbox answers otherwise than Stripe did, and which shapes are not asked any more: record again."""
    known = {shape.name: shape for shape in SHAPES}
    names = [shape.name for shape in recording.shapes]
    gone = [Difference(name, "", "request", "recorded", "not asked") for name in names if name not in known]
    asked = [known[name] for name in names if name in known]
    run = sandbox(recording.country, recording.currency).play(asked)
    return gone + differences(recording.shapes, recorded(run))


def table(rows: Sequence[tuple[str, ...]], heads: tuple[str, ...], widths: tuple[int, ...] = _WIDTHS) -> Iterator[str]:
    """Lines of 100 columns at the most; a cell that is too long goes on in the next line."""
    for row in (heads, tuple("-" * width for width in widths), *rows):
        cells = [wrap(cell, width, break_on_hyphens=False) or [""] for cell, width in zip(row, widths, strict=True)]
        for parts in zip_longest(*cells, fillvalue=""):
            yield "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()


def table_of(found: Sequence[Difference]) -> Iterator[str]:
    """A row for each difference."""
    rows = [(f"{one.shape}: {one.operation}", one.what, one.stripe, one.sandbox) for one in found]
    return table(rows, ("request", "what differs", "Stripe", "the sandbox"))


def _of_shape(stripe: RecordedShape, sandbox: RecordedShape) -> Iterator[Difference]:
    for theirs, ours in zip_longest(stripe.exchanges, sandbox.exchanges):
        if theirs is None or ours is None or theirs.operation != ours.operation:
            yield _calls(stripe.name, theirs, ours)
            break
        yield from _of_request(stripe.name, theirs, ours)
        yield from _of_answer(stripe.name, theirs.operation, theirs.answer, ours.answer)
    if stripe.meaning != sandbox.meaning:
        yield Difference(stripe.name, "in the end", "meaning", stripe.meaning, sandbox.meaning)


def _calls(shape: str, theirs: Recorded | None, ours: Recorded | None) -> Difference:
    """From here on the adapter asked something else, since it was answered otherwise."""
    asked = [one.operation if one else "nothing more" for one in (theirs, ours)]
    return Difference(shape, "what is asked next", "calls", *asked)


def _of_request(shape: str, theirs: Recorded, ours: Recorded) -> Iterator[Difference]:
    """A recording of what the adapter sends no more says nothing about what it sends."""
    names = sorted({*theirs.params, *ours.params})
    changed = [name for name in names if theirs.params.get(name) != ours.params.get(name)]
    if changed or theirs.key != ours.key:
        were, are = (
            ", ".join(f"{name}={one.params.get(name)}" for name in changed) or str(one.key) for one in (theirs, ours)
        )
        yield Difference(shape, theirs.operation, "request", were, are)


def _of_answer(shape: str, operation: str, theirs: Observation, ours: Observation) -> Iterator[Difference]:
    pairs = {
        "status": (theirs.status, ours.status),
        "code": (theirs.code, ours.code),
        "decline code": (theirs.decline_code, ours.decline_code),
        "intent status": (theirs.intent_status, ours.intent_status),
    }
    for what, (at_stripe, here) in pairs.items():
        if at_stripe != here:
            yield Difference(shape, operation, what, str(at_stripe), str(here))
    if theirs.keys - ours.keys:
        yield Difference(shape, operation, "missing keys", ", ".join(sorted(theirs.keys - ours.keys)), "")
    if ours.keys - theirs.keys:
        yield Difference(shape, operation, "surplus keys", "", ", ".join(sorted(ours.keys - theirs.keys)))
