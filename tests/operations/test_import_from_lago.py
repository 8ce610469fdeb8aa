"""`make import FILE=https://api.getlago.com/api/v1`: Lago's customers are fetched into a file, and imported from it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from builders.imports import import_customers, linked_customers
from calling.client import Reply
from importing import sources
from importing.command import main
from world.operator import ApiOfWorld
from world.world import World

LAGO = "https://api.getlago.com/api/v1"
FETCHED = "api.getlago.com-customers.jsonl"


class Lago:
    """Lists customers of Lago's, as its description says; all else goes to the API of the world.

    Source: https://getlago.com/docs/api-reference/customers/get-all
    """

    def __init__(self, api: ApiOfWorld, customers: list[dict[str, Any]]) -> None:
        self.api, self.customers = api, customers
        self.keys: set[str] = set()
        self.answers: list[Reply] = []

    def __call__(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        if not url.startswith(LAGO):
            return self.api(method, url, body, headers)
        self.keys.add(headers["Authorization"])
        if self.answers:
            return self.answers.pop(0)
        page = int(url.partition("page=")[2].partition("&")[0])
        here = self.customers[(page - 1) * 100 : page * 100]
        leads_on = page * 100 < len(self.customers)
        return Reply(200, {"customers": here, "meta": {"next_page": page + 1 if leads_on else None}})


def lagos(external_id: str, provider_customer_id: str) -> dict[str, Any]:
    """A customer as Lago lists it."""
    billing = {
        "payment_provider": "stripe",
        "payment_provider_code": "stripe",
        "provider_customer_id": provider_customer_id,
        "provider_payment_methods": ["card"],
        "sync_with_provider": True,
        "invoice_grace_period": 3,
    }
    known: dict[str, Any] = {
        "lago_id": "1a90",
        "external_id": external_id,
        "name": "Acme",
        "slug": "ACM-1",
        "email": None,
        "taxes": [],
    }
    return known | {"billing_entity_code": "main", "billing_configuration": billing, "metadata": []}


@pytest.fixture
def lago(world: World, api: ApiOfWorld, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Lago:
    """With as many customers as two pages hold."""
    monkeypatch.setattr(sources, "FETCHED", folder)
    customer_id = world.stripe_customer()
    return Lago(api, [lagos(f"c{number}", customer_id) for number in range(102)])


def run_import(lago: Lago, *options: str) -> int:
    outside = lago.api.outside(LAGO_API_KEY="key of lago")
    outside.send = lago
    return main(["--customers", LAGO, *options], outside)


def test_all_pages_are_imported(world: World, lago: Lago, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lago.api.checks = False

    assert run_import(lago, "--apply") == 0

    said = capsys.readouterr()
    assert len(linked_customers(world)) == 102
    assert lago.keys == {"Bearer key of lago"}
    assert "Columns that are not imported: invoice_grace_period, lago_id, slug" in said.out
    assert "2 pages of 100 customers of Lago" in said.err


def test_they_are_fetched_anew_each_time(lago: Lago, folder: Path) -> None:
    lago.customers = lago.customers[:2]
    run_import(lago)
    lago.customers.append(lagos("new", "cus_gone"))

    assert run_import(lago, "--apply") == 1

    assert len((folder / FETCHED).read_text().splitlines()) == 3


def test_an_import_that_was_interrupted_goes_on_with_what_was_fetched(lago: Lago, folder: Path) -> None:
    lago.customers = lago.customers[:2]
    lago.api.answers = [Reply(401)]
    assert run_import(lago, "--apply") == 2
    lago.customers = []

    assert run_import(lago, "--apply") == 0

    assert len((folder / FETCHED).read_text().splitlines()) == 2


def test_what_is_no_answer_of_lagos_is_said(lago: Lago, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lago.answers = [Reply(404)]

    assert run_import(lago) == 2

    assert "Lago answered 404 to its list of customers." in capsys.readouterr().err
    assert not (folder / FETCHED).exists()


def test_lagos_key_is_needed(api: ApiOfWorld, lago: Lago, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--customers", LAGO], api.outside()) == 2

    assert "LAGO_API_KEY is not set" in capsys.readouterr().err


def test_a_file_that_was_fetched_can_be_imported_as_a_file(world: World, lago: Lago, folder: Path) -> None:
    lago.customers = lago.customers[:1]
    run_import(lago)

    status, _ = import_customers(lago.api, folder / FETCHED)

    assert (status, [*linked_customers(world)]) == (0, ["c0"])
    assert json.loads((folder / FETCHED).read_text())["external_id"] == "c0"
