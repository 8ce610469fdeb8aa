"""The figures: a marker for each invoice and rows that add up, written together or not at all."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from paystream.adapters.dynamodb.database import Tables
from paystream.errors import InvalidInputError, VersionConflictError
from paystream.model.figures import Counted, Row, RowKind
from paystream.ports.figures import CountedAnew, Kept, Marker
from paystream.ports.stores import Stores
from stores.records import NOW, ORGANIZATION, OTHER_ORGANIZATION, at, invoice
from stores.targets import Target

TODAY = date(2026, 11, 23)
PAID = Row(RowKind.DAY, TODAY, "EUR")
OPEN = Row(RowKind.OPEN, TODAY, "EUR")
ODD_IDS = ["x" * 1024, "a#b/c é 💶"]


def unknown(invoice_id: str, organization_id: str = ORGANIZATION) -> Marker:
    return Marker(organization_id=organization_id, invoice_id=invoice_id)


def count_as(
    stores: Stores,
    counted: Counted,
    *invoice_ids: str,
    organization_id: str = ORGANIZATION,
    changed_at: datetime | None = NOW,
) -> None:
    """Each of these invoices counts for this from now on."""
    markers = stores.figures.markers(organization_id, invoice_ids)
    stores.figures.write(organization_id, [CountedAnew(marker, counted, changed_at) for marker in markers])


def sums(stores: Stores, kind: RowKind = RowKind.DAY, organization_id: str = ORGANIZATION) -> dict[Row, dict[str, int]]:
    found: dict[Row, dict[str, int]] = {}
    for row, measures in stores.figures.rows(organization_id, kind, date.min, date.max):
        for name, number in measures.items():
            found.setdefault(row, {})[name] = found.get(row, {}).get(name, 0) + number
    return found


class TestMarkers:
    @pytest.mark.parametrize("invoice_id", ["invoice-1", *ODD_IDS])
    def test_say_what_was_counted(self, stores: Stores, invoice_id: str) -> None:
        assert stores.figures.markers(ORGANIZATION, [invoice_id]) == (unknown(invoice_id),)
        counted = {PAID: {"payments": 1, "collected_cents": 4200}, OPEN: {"invoices": 1}}

        count_as(stores, counted, invoice_id)

        (marker,) = stores.figures.markers(ORGANIZATION, [invoice_id])
        assert marker == replace(unknown(invoice_id), version=1, counted=counted)

    def test_come_in_the_order_in_which_they_are_asked_for_however_many(self, stores: Stores) -> None:
        count_as(stores, {PAID: {"payments": 1}}, "invoice-7")
        ids = [f"invoice-{number}" for number in range(120)]

        found = stores.figures.markers(ORGANIZATION, ids)

        assert [one.invoice_id for one in found] == ids
        assert [one.invoice_id for one in found if one.version] == ["invoice-7"]

    def test_of_another_organization_are_others(self, stores: Stores) -> None:
        count_as(stores, {PAID: {"payments": 1}}, "invoice-1", organization_id=OTHER_ORGANIZATION)

        assert stores.figures.markers(ORGANIZATION, ["invoice-1"]) == (unknown("invoice-1"),)
        assert sums(stores) == {}

    @pytest.mark.parametrize("known", [0, 2])
    def test_that_are_not_what_was_read_keep_all_from_being_written(self, stores: Stores, known: int) -> None:
        count_as(stores, {PAID: {"payments": 1}}, "invoice-1")
        stale = CountedAnew(replace(unknown("invoice-1"), version=known), {PAID: {"payments": 5}}, NOW)
        fresh = CountedAnew(unknown("invoice-2"), {PAID: {"payments": 1}}, NOW)

        with pytest.raises(VersionConflictError):
            stores.figures.write(ORGANIZATION, [fresh, stale])

        assert sums(stores) == {PAID: {"payments": 1}}
        assert stores.figures.markers(ORGANIZATION, ["invoice-2"]) == (unknown("invoice-2"),)


class TestRows:
    def test_are_the_sum_of_what_is_counted_now(self, stores: Stores) -> None:
        count_as(stores, {PAID: {"payments": 1, "collected_cents": 100}}, "invoice-1", "invoice-2")
        count_as(stores, {PAID: {"payments": 1, "collected_cents": 250}}, "invoice-3")
        count_as(stores, {PAID: {"refunds": 1}, OPEN: {"invoices": 1}}, "invoice-2")

        assert {name: n for name, n in sums(stores)[PAID].items() if n} == {
            "payments": 2,
            "collected_cents": 350,
            "refunds": 1,
        }
        assert sums(stores, RowKind.OPEN) == {OPEN: {"invoices": 1}}

    def test_are_read_from_one_day_to_another(self, stores: Stores) -> None:
        days = [Row(RowKind.DAY, TODAY + timedelta(days=number), "EUR") for number in range(5)]
        count_as(stores, {row: {"payments": 1} for row in days}, "invoice-1")

        found = stores.figures.rows(ORGANIZATION, RowKind.DAY, days[1].day, days[3].day)

        assert [row for row, _ in found] == days[1:4]

    def test_are_spread_so_that_no_item_takes_all_that_is_written(
        self, stores: Stores, target: Target, tables: Tables
    ) -> None:
        for number in range(40):
            count_as(stores, {PAID: {"payments": 1}}, f"invoice-{number}")

        items = target.dynamodb.scan(TableName=tables.figures)["Items"]

        assert len([item for item in items if item["name"]["S"].startswith("day#")]) > 4
        assert sums(stores) == {PAID: {"payments": 40}}


class TestHowFarIsCounted:
    def test_is_the_time_of_the_newest_change(self, stores: Stores) -> None:
        assert stores.figures.counted_until(ORGANIZATION) is None
        for number in range(20):
            count_as(stores, {PAID: {"payments": 1}}, f"invoice-{number}", changed_at=at(number))

        assert stores.figures.counted_until(ORGANIZATION) == at(19)
        assert stores.figures.counted_until(OTHER_ORGANIZATION) is None

    def test_is_not_told_by_an_invoice_that_is_gone(self, stores: Stores) -> None:
        count_as(stores, {PAID: {"payments": 1}}, "invoice-1", changed_at=None)

        assert stores.figures.counted_until(ORGANIZATION) is None


class TestAll:
    def test_that_is_kept_is_found_page_by_page(self, stores: Stores) -> None:
        counted = {PAID: {"payments": 1}}
        count_as(stores, counted, "invoice-1")

        page = stores.figures.kept(None)

        marker = replace(unknown("invoice-1"), version=1, counted=counted)
        assert page.next_cursor is None
        assert sorted(page.records, key=repr) == sorted(
            (Kept(ORGANIZATION, marker=marker), Kept(ORGANIZATION, row=(PAID, {"payments": 1}))), key=repr
        )

    def test_invoices_are_found_taken_in_or_not(self, stores: Stores, target: Target, tables: Tables) -> None:
        stores.invoices.create(invoice())
        put = {"organization_id": {"S": OTHER_ORGANIZATION}, "lago_id": {"S": "put"}}
        target.dynamodb.put_item(TableName=tables.invoices, Item=put)

        page = stores.figures.invoices(None)

        assert {*page.records} == {(ORGANIZATION, "invoice-1"), (OTHER_ORGANIZATION, "put")}
        assert page.next_cursor is None

    def test_invoices_are_found_though_one_read_does_not_bring_all(
        self, stores: Stores, target: Target, tables: Tables
    ) -> None:
        for number in range(4):
            item = {"organization_id": {"S": ORGANIZATION}, "lago_id": {"S": f"{number}"}, "text": {"S": "x" * 390_000}}
            target.dynamodb.put_item(TableName=tables.invoices, Item=item)

        found: list[tuple[str, str]] = []
        cursor = None
        while True:
            page = stores.figures.invoices(cursor)
            found += page.records
            cursor = page.next_cursor
            if cursor is None:
                break

        assert sorted(found) == [(ORGANIZATION, f"{number}") for number in range(4)]

    @pytest.mark.parametrize("cursor", ["x", "W10", "e30"])
    def test_a_cursor_that_is_none_is_refused(self, stores: Stores, cursor: str) -> None:
        with pytest.raises(InvalidInputError):
            stores.figures.invoices(cursor)
        with pytest.raises(InvalidInputError):
            stores.figures.kept(cursor)
