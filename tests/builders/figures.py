"""The figures: counted as the stream has them counted, read as the API shows them, checked as an operator does."""

from typing import Any

from world.world import World

CHECKED_PARTS = ("invoices", "rows")


def count_all_invoices(world: World) -> list[str]:
    """Hand each item of the invoices table to the function once; returns the identifiers that it reports as failed."""
    answer = world.invoke("count-figures", world.stream_event(world.all_images("invoices")))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def figures(world: World, query: str = "") -> dict[str, Any]:
    """What is answered of these days and currencies; of the last 30 days if nothing is asked for."""
    answer = world.api("GET", f"/api/v1/figures{query}")
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.body["figures"]
    return found


def figures_in(world: World, currency: str = "EUR", query: str = "") -> dict[str, Any]:
    """Those of one currency, once all was counted."""
    assert count_all_invoices(world) == []
    (found,) = [one for one in figures(world, query)["currencies"] if one["currency"] == currency]
    return dict(found)


def counted(world: World, *names: str) -> list[int]:
    """These of the totals of the last 30 days, in EUR."""
    totals = figures_in(world)["totals"]
    return [totals[name] for name in names]


def recovered_by(world: World) -> dict[str, tuple[int, int]]:
    """How many invoices were recovered, and how much, by the way; without those by which none was."""
    ways = figures_in(world)["totals"]["recovered"].items()
    return {way: (one["invoices"], one["amount_cents"]) for way, one in ways if one["invoices"]}


def miscounts(world: World) -> list[Any]:
    """What the operator's check finds: nothing where the figures are those of the tables, to the cent."""
    found: list[Any] = []
    for part in CHECKED_PARTS:
        answer = world.invoke("check-figures", {"part": part})
        assert answer["next_cursor"] is None
        found += answer["miscounted"] + answer["differences"]
    return found
