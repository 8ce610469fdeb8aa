"""`make export DIRECTORY=…`: all that an organization has here, as JSON Lines and CSV, whatever there is of it."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from builders.imports import linked_customers
from calling.client import Reply
from exporting import lists
from exporting.command import INTERRUPTED, main
from importing.command import main as import_main
from world.operator import ApiOfWorld
from world.world import World

FILES = {"integrations", "webhook_endpoints", "customers", "invoices", "payments", "refunds", "webhooks"}


def exported(api: ApiOfWorld, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What is in the JSON Lines of each list."""
    assert main([str(folder)], api.outside()) == 0
    return {path.stem: [json.loads(line) for line in path.read_text().splitlines()] for path in folder.glob("*.jsonl")}


def tables(folder: Path) -> dict[str, list[dict[str, str]]]:
    """What is in the CSV of each list."""
    found = {}
    for path in folder.glob("*.csv"):
        with path.open(newline="") as file:
            found[path.stem] = list(csv.DictReader(file))
    return found


@pytest.fixture
def refunded(world: World) -> str:
    """A payment of `acme` of which a part went back."""
    world.customer("acme")
    invoice_id = world.create_invoice("acme")
    world.run()
    (payment,) = world.payments(invoice_id)
    answer = world.api("POST", f"/api/v1/payments/{payment['lago_id']}/refunds", {"refund": {"amount_cents": 1000}})
    assert answer.status == 200, answer.body
    return str(payment["lago_id"])


def test_all_that_there_is_is_written_as_the_api_shows_it(
    world: World, api: ApiOfWorld, folder: Path, refunded: str
) -> None:
    found = exported(api, folder)

    assert found.keys() == tables(folder).keys() == FILES
    assert found["customers"] == world.api("GET", "/api/v1/customers").body["customers"]
    assert found["invoices"] == world.api("GET", "/api/v1/invoices").body["invoices"]
    assert found["payments"] == world.api("GET", "/api/v1/payments").body["payments"]
    assert found["webhooks"] == world.api("GET", "/api/v1/webhooks").body["webhooks"]
    assert [(one["lago_payment_id"], one["amount_cents"]) for one in found["refunds"]] == [(refunded, 1000)]
    assert [one["code"] for one in found["integrations"]] == ["stripe"]
    assert list(folder.glob("*.part")) == []


@pytest.mark.usefixtures("refunded")
def test_a_table_has_a_column_for_each_value(api: ApiOfWorld, folder: Path) -> None:
    found = exported(api, folder)

    (customer,) = tables(folder)["customers"]
    (invoice,) = tables(folder)["invoices"]
    assert customer["billing_configuration.payment_method_id"].startswith("pm_")
    assert (customer["email"], customer["billing_configuration.provider_payment_methods"]) == ("", '["card"]')
    assert (invoice["number"], invoice["total_amount_cents"]) == (found["invoices"][0]["number"], "4200")


def test_a_name_that_a_spreadsheet_would_calculate_begins_with_a_quote_in_the_table_only(
    world: World, api: ApiOfWorld, folder: Path
) -> None:
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "name": "=1+1"}})

    assert exported(api, folder)["customers"][0]["name"] == "=1+1"
    assert tables(folder)["customers"][0]["name"] == "'=1+1"


def test_lists_are_read_page_by_page(
    world: World, api: ApiOfWorld, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    for name in ("acme", "bolt", "coil", "dune", "echo"):
        world.api("POST", "/api/v1/customers", {"customer": {"external_id": name}})

    found = exported(api, folder)["customers"]

    assert [one["external_id"] for one in found] == ["acme", "bolt", "coil", "dune", "echo"]
    assert sum(one.startswith("GET /api/v1/customers?") for one in api.sent) == 3


def test_what_was_exported_can_be_imported_again(world: World, api: ApiOfWorld, folder: Path) -> None:
    world.customer("acme")
    before = linked_customers(world)
    exported(api, folder)
    world.api("DELETE", "/api/v1/customers/acme")

    assert import_main(["--customers", str(folder / "customers.jsonl"), "--apply"], api.outside()) == 0

    assert linked_customers(world) == before


def test_files_of_an_earlier_export_stay_until_the_new_ones_are_whole(
    world: World, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme"}})
    before = exported(api, folder)["customers"]
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "bolt"}})

    def press(number: int) -> None:
        if "customers" in api.sent[number]:
            raise KeyboardInterrupt

    api.after = press
    assert main([str(folder)], api.outside()) == INTERRUPTED

    assert "it begins anew" in capsys.readouterr().err
    assert [json.loads(line) for line in (folder / "customers.jsonl").read_text().splitlines()] == before


def test_a_list_that_is_not_answered_is_said(api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    api.answers = [Reply(404)]

    assert main([str(folder)], api.outside()) == 2

    assert "Paystream answered 404 to its list of integrations." in capsys.readouterr().err
