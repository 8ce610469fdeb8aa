"""An item is ours if it has the key that follows from it, and a version: whatever else looks like it is in no list."""

from io import StringIO
from typing import Any

import pytest
from builders.accounts import OTHER_ORGANIZATION, connect_with_customer
from builders.invoices import invoices_that_waited, replace_item
from builders.payments import paid_payment
from world.api_gateway import ORGANIZATION
from world.redriving import Redriving
from world.world import World

LOOKS_PAID = {
    "customer_key": "x",
    "version": 3,
    "stage": "paid",
    "status": "finalized",
    "payment_status": "succeeded",
    "payment_status_key": f"{ORGANIZATION}#succeeded",
    "number": "forged",
    "issuing_date": "2026-11-23",
    "created_at": "2026-11-23T10:00:00.000+00:00",
    "updated_at": "2026-11-23T10:00:00.000+00:00",
}
OUR_KEY = f"{ORGANIZATION}#acme"
LISTS_OF_INVOICES = [
    "/api/v1/invoices",
    "/api/v1/invoices?status=voided",
    "/api/v1/invoices?payment_status=succeeded",
    "/api/v1/invoices?external_customer_id=acme",
    "/api/v1/invoices?search_term=a&amount_from=1",
    "/api/v1/customers/acme/invoices",
]
DAMAGES: dict[str, dict[str, Any]] = {
    "a time without an offset": {"created_at": "2026-11-23T10:00:00"},
    "another type": {"updated_at": 5, "body": 5, "profile": "none"},
    "something missing": {"updated_at": None, "body": None, "profile": None, "issuing_date": None},
}


def listed_invoices(world: World, path: str) -> list[str]:
    """The ids of the invoices in a list."""
    answer = world.api("GET", path)
    assert answer.status == 200, answer.body
    return [invoice["lago_id"] for invoice in answer.body["invoices"]]


def put_forged(world: World, **attributes: Any) -> str:
    """An item that looks as if Paystream had written it."""
    return world.put_invoice_item(**LOOKS_PAID | attributes)


class TestALookalike:
    @pytest.mark.parametrize("path", LISTS_OF_INVOICES)
    def test_breaks_no_list(self, world: World, path: str) -> None:
        paid_payment(world)
        world.put_item(
            "invoices",
            {
                "organization_id": ORGANIZATION,
                "lago_id": "bbbb",
                "customer_key": "x",
                "created_at": "2026-11-23T10:00:00.000+00:00",
                "status": "voided",
            },
        )

        assert "bbbb" not in listed_invoices(world, path)

    @pytest.mark.parametrize("path", LISTS_OF_INVOICES)
    @pytest.mark.parametrize(
        "lacking", [{}, {"customer_key": OUR_KEY, "version": None}], ids=["another key", "no version"]
    )
    def test_is_in_no_list_while_it_is_not_taken_in(self, world: World, path: str, lacking: dict[str, Any]) -> None:
        forged = put_forged(world, **lacking)

        assert forged not in listed_invoices(world, path)
        assert world.api("GET", f"/api/v1/invoices/{forged}").status == 404

    @pytest.mark.parametrize(
        "lacking", [{"version": None}, {"version": "1"}, {}], ids=["no version", "a text for a version", "another key"]
    )
    def test_is_taken_in_like_any_item(self, world: World, lacking: dict[str, Any]) -> None:
        connect_with_customer(world)
        plain = world.put_invoice_item(lago_id="plain", payment_status="succeeded", number="plain")
        key = {"customer_key": OUR_KEY} if lacking else {}
        forged = put_forged(world, lago_id="forged", total_paid_amount_cents=4200, **key | lacking)

        assert world.collect_new_invoices() == []

        changing = ("lago_id", "number", "customer_key")
        same, other = (
            {name: value for name, value in world.invoice(one).items() if name not in (*changing, "created_at")}
            for one in (plain, forged)
        )
        assert other == same

    def test_that_has_replaced_an_invoice_is_taken_in(self, world: World) -> None:
        connect_with_customer(world)
        world.put_invoice_item()
        world.collect_new_invoices()
        attributes = LOOKS_PAID | {"version": None, "customer_key": OUR_KEY, "total_amount_cents": 5000}

        invoice_id = replace_item(world, **attributes)

        invoice = world.invoice(invoice_id)
        assert (invoice["total_amount_cents"], invoice["number"]) == (5000, "forged")

    def test_that_no_stream_has_brought_is_found_by_a_redrive(self, operator: Redriving) -> None:
        forged = put_forged(operator.world)
        operator.world.new_images("invoices")

        assert operator.redrive("missed-invoices")["handled"] == 1

        assert operator.world.api("GET", f"/api/v1/invoices/{forged}").status == 200
        assert operator.redrive("missed-invoices")["handled"] == 0


class TestAnItemOfAnotherOrganization:
    @pytest.mark.parametrize("path", LISTS_OF_INVOICES)
    def test_is_in_no_list_though_it_has_our_keys(self, world: World, path: str) -> None:
        foreign = put_forged(world, organization_id=OTHER_ORGANIZATION, customer_key=OUR_KEY)

        assert foreign not in listed_invoices(world, path)

    def test_whose_name_and_customer_read_like_ours_together_is_in_no_list(self, world: World) -> None:
        foreign = put_forged(
            world,
            organization_id="a",
            external_customer_id="b#c",
            customer_key="a#b#c",
            total_paid_amount_cents=0,
            total_refunded_amount_cents=0,
            attempt=0,
        )
        answer = world.api("GET", "/api/v1/customers/c/invoices", organization_id="a#b")

        assert (answer.status, answer.body["invoices"]) == (200, [])
        assert world.api("GET", f"/api/v1/invoices/{foreign}", organization_id="a").status == 200

    def test_is_not_collected_with_ours(self, world: World) -> None:
        world.connect()
        waited = invoices_that_waited(world, 1001)
        put_forged(
            world,
            lago_id="foreign",
            organization_id=OTHER_ORGANIZATION,
            customer_key=f"{OTHER_ORGANIZATION}#acme",
            waiting_key=OUR_KEY,
            total_paid_amount_cents=0,
            stage="waiting",
            payment_status="pending",
            waiting_for="payment_method",
            due_at="2026-11-23T10:00:00.000+00:00",
        )

        world.run()

        assert [world.invoice(one)["payment_status"] for one in waited] == ["succeeded"]
        assert world.charged() == [1001]


def without_nothing(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value is not None}


class TestWhatCannotBeRead:
    @pytest.mark.parametrize(
        ("path", "table"),
        [
            ("/api/v1/invoices", "invoices"),
            ("/api/v1/payments", "payments"),
            ("/api/v1/customers/acme/payments", "payments"),
            ("/api/v1/customers", "customers"),
            ("/api/v1/webhooks", "notifications"),
        ],
    )
    @pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
    def test_is_passed_over_in_a_list_and_counted(
        self, world: World, logs: StringIO, path: str, table: str, damage: dict[str, Any]
    ) -> None:
        paid_payment(world)
        before = world.api("GET", path).body
        name = "external_id" if table == "customers" else "lago_id"
        damaged = world.items(table)[0] | {name: "broken"} | damage
        world.put_item(table, without_nothing(damaged))

        answer = world.api("GET", path)

        assert answer.status == 200
        assert answer.body | {"meta": None} == before | {"meta": None}
        assert "an item cannot be read" in logs.getvalue()
        assert '"item":"broken"' in logs.getvalue()
