"""What has become of all rows: a table to read, and a file of CSV with a line for each row."""

import csv
from collections.abc import Iterator
from pathlib import Path

from calling.cells import safe

from importing.journal import NEEDS_A_PERSON, OWNERS_ONLY, Journal, Outcome, Result

WIDTH = 100
_SHOWN_OF_EACH = 5
_COLUMNS = (
    *("line", "id", "result", "provider_customer_id", "can_be_charged"),
    *("brought_over_as", "checkout_url", "reason"),
)
_MEANING = {
    Result.IMPORTED: "imported",
    Result.THERE_ALREADY: "there already, and left as it is",
    Result.NOT_FOUND: "not found in Stripe, or deleted there",
    Result.LINKED_OTHERWISE: "linked to another customer of Stripe, and left as it is",
    Result.REPEATED: "the same id as on an earlier line",
    Result.MALFORMED: "malformed",
    Result.REFUSED: "refused by the API",
}


def table(journal: Journal, *, applies: bool) -> Iterator[str]:
    """Line by line, none longer than WIDTH."""
    counts = journal.counts()
    for result in Result:
        if counts.get(result):
            would = "would be " if result is Result.IMPORTED and not applies else ""
            yield f"{counts[result]:>9,}  {would}{_MEANING[result]}"
            yield from _more(journal, result)
    lacking, created = journal.count("is_chargeable", 0), journal.count("is_created", 1)
    if lacking:
        yield f"{lacking:>9,}  of them without a payment method: nothing can be charged yet"
    if created:
        yield f"{created:>9,}  of them {'' if applies else 'would be '}created in Stripe"
    left_out = journal.left_out()
    if left_out:
        yield _cut(f"Columns that are not imported: {', '.join(left_out)}")


def _more(journal: Journal, result: Result) -> Iterator[str]:
    """What the invoices are, and the first rows that need a person."""
    if result is Result.IMPORTED:
        for brought_as, number, cents in journal.groups():
            yield f"{number:>9,}  of them as {brought_as}{f': {cents:,} in minor units' if cents else ''}"
    if result in NEEDS_A_PERSON:
        for line, outcome in journal.outcomes(result, most=_SHOWN_OF_EACH):
            who = f" {outcome.external_id}" if outcome.external_id else ""
            yield _cut(f"           line {line}{who}: {outcome.reason}")


def write_csv(journal: Journal, path: Path) -> None:
    """A line for each row, in their order. A cell that a spreadsheet would take for a formula begins with a quote."""
    path.touch(mode=OWNERS_ONLY)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows([line, *map(safe, _cells(outcome))] for line, outcome in journal.outcomes())


def _cells(one: Outcome) -> tuple[str, ...]:
    chargeable = {None: None, True: "yes", False: "no"}[one.is_chargeable]
    said = (one.external_id, one.result, one.provider_customer_id, chargeable, one.brought_as, one.link, one.reason)
    return tuple(text or "" for text in said)


def needs_a_person(journal: Journal) -> bool:
    """Whether there is a row that was not imported and is not there."""
    return bool(journal.counts().keys() & {*NEEDS_A_PERSON})


def _cut(text: str) -> str:
    flat = " ".join(text.split("\n"))
    return flat if len(flat) <= WIDTH else f"{flat[: WIDTH - 1]}…"
