"""GET /api/v1/figures: a period, each of its days, and what is open by now."""

import csv
import io
from typing import Any

import pytest
from builders.accounts import OTHER_ORGANIZATION, connect_with_customer
from builders.customers import becomes_default
from builders.due import days_go_by
from builders.durations import DAY
from builders.figures import count_all_invoices, figures, figures_in
from builders.invoices import failed_invoice, waiting_invoice
from paystream.entry.figures_input import MOST_DAYS
from world.world import World, load_event


def days(found: dict[str, Any]) -> list[str]:
    """The first day and the last one, and how many there are."""
    dates = [day["date"] for day in found["days"]]
    return [dates[0], dates[-1], str(len(dates))]


def ages(world: World) -> dict[int, tuple[int, int]]:
    """What is open by the youngest age of its group; without groups of none."""
    groups = figures_in(world)["open_by_age"]
    return {one["from_days"]: (one["invoices"], one["amount_cents"]) for one in groups if one["invoices"]}


class TestAPeriod:
    def test_is_the_last_30_days_if_nothing_is_asked_for(self, world: World) -> None:
        waiting_invoice(world)

        assert days(figures_in(world)) == ["2026-10-25", "2026-11-23", "30"]

    def test_has_each_of_its_days(self, world: World) -> None:
        waiting_invoice(world)

        found = figures_in(world, query="?from=2026-11-20&to=2026-11-23")

        assert [day["invoices"] for day in found["days"]] == [0, 0, 0, 1]
        assert found["totals"] == {name: number for name, number in found["days"][-1].items() if name != "date"}

    def test_ends_30_days_after_nothing_but_its_end_is_named(self, world: World) -> None:
        waiting_invoice(world)

        assert days(figures_in(world, query="?to=2026-12-01")) == ["2026-11-02", "2026-12-01", "30"]

    @pytest.mark.parametrize(
        ("query", "wrong"),
        [
            ("from=2026-11-24", "to"),
            ("from=2026-11-23&to=2026-11-22", "to"),
            ("from=2025-11-22", "to"),
            ("from=20261123", "from"),
            ("to=2026-02-30", "to"),
            ("to=", "to"),
            ("currency=euro", "currency"),
            ("currency=", "currency"),
            ("currencies[]=EUR", "currencies[]"),
        ],
    )
    def test_that_is_none_is_refused(self, world: World, query: str, wrong: str) -> None:
        answer = world.api("GET", f"/api/v1/figures?{query}")

        assert (answer.status, answer.body["error_details"]) == (422, {wrong: ["value_is_invalid"]})

    def test_is_a_year_at_the_most(self, world: World) -> None:
        answer = world.api("GET", "/api/v1/figures?from=2025-11-23&to=2026-11-23")

        assert MOST_DAYS == 366
        assert answer.status == 200


class TestCurrencies:
    def test_are_those_of_which_there_is_anything(self, world: World) -> None:
        assert figures(world)["currencies"] == []
        connect_with_customer(world)
        for currency in ("USD", "EUR"):
            world.create_invoice(currency=currency)
        count_all_invoices(world)

        assert [one["currency"] for one in figures(world)["currencies"]] == ["EUR", "USD"]
        assert [one["currency"] for one in figures(world, "?currency=USD")["currencies"]] == ["USD"]
        assert figures(world, "?currency=CHF")["currencies"] == []


class TestWhatIsOpen:
    def test_has_an_age_that_grows_though_nothing_is_written(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=None)
        world.create_invoice(amount=1000)
        assert ages(world) == {0: (1, 1000)}
        world.pass_time(10 * DAY)
        world.create_invoice(amount=500)
        assert ages(world) == {0: (1, 500), 8: (1, 1000)}
        world.pass_time(100 * DAY)
        count_before = world.items("figures")

        assert ages(world) == {91: (2, 1500)}

        assert world.items("figures") == count_before

    def test_is_overdue_from_the_day_after_it_was_to_be_paid(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=None)
        world.create_invoice(amount=1000)
        assert figures_in(world)["overdue"] == {"invoices": 0, "amount_cents": 0}

        world.pass_time(DAY)

        assert figures_in(world)["overdue"] == {"invoices": 1, "amount_cents": 1000}


def test_the_newest_change_that_is_counted_is_named(world: World) -> None:
    assert figures(world)["counted_until"] is None
    invoice_id = failed_invoice(world)
    count_all_invoices(world)
    assert figures(world)["counted_until"] == world.invoice(invoice_id)["updated_at"] == "2026-11-23T10:00:00Z"

    world.pass_time(DAY)
    becomes_default(world)
    days_go_by(world, 1)
    assert figures(world)["counted_until"] == "2026-11-23T10:00:00Z"
    count_all_invoices(world)

    assert figures(world)["counted_until"] == world.invoice(invoice_id)["updated_at"] > "2026-11-23T10:00:00Z"


def test_nothing_is_seen_of_another_organization(world: World) -> None:
    waiting_invoice(world)
    count_all_invoices(world)

    answer = world.api("GET", "/api/v1/figures", organization_id=OTHER_ORGANIZATION)

    assert (answer.body["figures"]["currencies"], answer.body["figures"]["counted_until"]) == ([], None)


def test_a_spreadsheet_has_a_row_for_each_currency_and_day(world: World) -> None:
    connect_with_customer(world)
    for currency in ("EUR", "JPY"):
        world.create_invoice(currency=currency)
    world.run()
    count_all_invoices(world)

    answer = world.api("GET", "/api/v1/figures?from=2026-11-22&to=2026-11-23", headers={"Accept": "text/csv"})

    rows = list(csv.DictReader(io.StringIO(answer.body, newline=""), strict=True))
    assert [(row["currency"], row["date"], row["payments"], row["collected"]) for row in rows] == [
        ("EUR", "2026-11-22", "0", "0.00"),
        ("EUR", "2026-11-23", "1", "42.00"),
        ("JPY", "2026-11-22", "0", "0"),
        ("JPY", "2026-11-23", "1", "4200"),
    ]
    assert {row["recovered_by_payment_link_invoices"] for row in rows} == {"0"}
    assert rows[0]["recovered_by_retry_amount"] == "0.00"


def test_a_year_costs_one_query_for_each_kind_of_row(world: World) -> None:
    connect_with_customer(world)
    for _ in range(5):
        world.create_invoice()
        world.run()
        count_all_invoices(world)
        world.pass_time(DAY)
    before = world.aws.count("Query")

    figures(world, "?from=2026-01-01&to=2026-12-31")

    assert world.aws.count("Query") - before == 4


def test_api_gateways_event_is_answered_with_figures(world: World) -> None:
    waiting_invoice(world)
    count_all_invoices(world)

    answer = world.call("find-records", load_event("find-records-figures"))

    assert answer.body["figures"]["from"] == "2026-11-01"
    assert [one["currency"] for one in answer.body["figures"]["currencies"]] == ["EUR"]
