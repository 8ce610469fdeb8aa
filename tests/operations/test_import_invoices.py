"""`make import INVOICES=…`: what is open is brought over as owed, what was paid as paid, what is void as void."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from builders.imports import import_report, results_by_line
from importing.command import main
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment, SimulatedCrashError
from world.operator import KEY, URL, ApiOfWorld
from world.world import TABLES, World

HEADER = "number,external_customer_id,currency,total_amount_cents,status,payment_status,total_paid_amount_cents,notes"

OWED = {"currency": "EUR", "total_amount_cents": 4200}


@pytest.fixture(autouse=True)
def _on_this_machine(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack is the one of `make local`, and `acme` can be charged."""
    stack = {"api_url": URL, "api_key": KEY, "invoices_table": TABLES["invoices"], "region": "us-east-1"}
    stack |= {"aws_endpoint_url": "http://127.0.0.1:4", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
    place = folder.with_name("stack.json")
    place.write_text(json.dumps(stack))
    monkeypatch.setattr("calling.stack.LOCAL_STACK", place)
    world.customer("acme")


def invoice_file(folder: Path, *lines: str) -> Path:
    path = folder / "invoices.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n")
    return path


def import_invoices(api: ApiOfWorld, path: Path, *options: str) -> tuple[int, dict[int, dict[str, str]]]:
    """The exit status, and the report's rows by their lines."""
    status = main(["--invoices", str(path), "--apply", "--local", *options], api.outside())
    return status, import_report(path, "import")


def shown(world: World) -> dict[str, tuple[Any, ...]]:
    """The invoices by their numbers: status, payment status and what is due."""
    found = world.api("GET", "/api/v1/invoices").body["invoices"]
    return {one["number"]: (one["status"], one["payment_status"], one["total_due_amount_cents"]) for one in found}


class TestInvoices:
    def test_are_brought_over_as_what_they_are_and_only_what_is_owed_is_charged(
        self, world: World, api: ApiOfWorld, folder: Path
    ) -> None:
        path = invoice_file(
            folder,
            "A-1,acme,EUR,4200,finalized,pending,,",
            "A-2,acme,EUR,4200,finalized,succeeded,,",
            "A-3,acme,EUR,4200,voided,,,",
            "A-4,acme,EUR,4200,,failed,1000,",
        )

        status, report = import_invoices(api, path)
        world.run()

        assert status == 0
        assert {line: row["brought_over_as"] for line, row in report.items()} == {
            2: "owed in EUR, charged automatically",
            3: "paid",
            4: "void",
            5: "owed in EUR, charged automatically",
        }
        assert sorted(world.charged()) == [3200, 4200]
        assert shown(world) == {
            "A-1": ("finalized", "succeeded", 0),
            "A-2": ("finalized", "succeeded", 0),
            "A-3": ("voided", "pending", 4200),
            "A-4": ("finalized", "succeeded", 0),
        }

    def test_are_only_counted_in_a_dry_run(
        self, world: World, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = invoice_file(folder, "A-1,acme,EUR,4200,,,,", "A-2,acme,EUR,800,,,,", "A-3,acme,EUR,1,voided,,,")

        assert main(["--invoices", str(path), "--local"], api.outside()) == 0

        said = capsys.readouterr().out
        assert world.items("invoices") == []
        assert "        3  would be imported\n" in said
        assert "        2  of them as owed in EUR, charged automatically: 5,000 in minor units\n" in said
        assert "        1  of them as void\n" in said
        assert "Columns that are not imported: notes\n" not in said

    def test_that_break_the_contract_are_named_and_not_put(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        path = invoice_file(
            folder,
            "A-1,acme,EUR,4200,draft,,,",
            "A-2,acme,EUR,4200,,succeeded,100,",
            "A-3,acme,EUR,42.00,,,,",
            ",acme,EUR,4200,,,,",
            "A-1,acme,EUR,4200,,,,",
        )

        status, report = import_invoices(api, path)

        assert (status, results_by_line(report)) == (1, dict.fromkeys(range(2, 6), "malformed") | {6: "repeated"})
        assert [report[line]["reason"] for line in range(2, 6)] == [
            "status: not_finalized",
            "payment_status: does_not_match_payments",
            "total_amount_cents: value_is_invalid",
            "lago_id: value_is_mandatory",
        ]
        assert world.items("invoices") == []

    def test_may_be_objects_of_lagos_with_ids_of_their_own(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        invoice: dict[str, Any] = {
            "lago_id": "7c1e",
            "number": "A-1",
            "external_customer_id": "acme",
            "currency": "EUR",
        }
        invoice |= {"fees": [{"add_on_code": "setup", "unit_amount_cents": 4200}], "skip_psp": True, "version": 7}
        path = folder / "invoices.jsonl"
        path.write_text(json.dumps({"invoice": invoice}) + "\n")

        status, report = import_invoices(api, path)
        world.run()

        assert (status, report[1]["brought_over_as"]) == (0, "owed in EUR, charged only on request")
        assert [(item["lago_id"], item["organization_id"]) for item in world.items("invoices")] == [
            ("7c1e", ORGANIZATION)
        ]
        assert world.charged() == []

    def test_keep_the_units_of_their_lines_exactly(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        path = folder / "invoices.jsonl"
        line = '{"number": "A-%s", "external_customer_id": "acme", "currency": "EUR", '
        line += '"fees": [{"add_on_code": "a", "units": %s, "unit_amount_cents": 480}], "total_amount_cents": %s}\n'
        path.write_text(line % (1, 2.5, 1200) + line % (2, '1, "weight": 1e-300', 480))

        _, report = import_invoices(api, path)
        world.run()

        assert results_by_line(report) == {1: "imported", 2: "malformed"}
        assert world.charged() == [1200]

    def test_keep_their_metadata_and_flags_from_a_table(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        path = folder / "invoices.csv"
        path.write_text(
            "number,external_customer_id,currency,total_amount_cents,self_billed,metadata.order,version\n"
            "A-1,acme,EUR,4200,true,8812,7\n"
        )

        import_invoices(api, path)
        world.run()

        (invoice,) = world.api("GET", "/api/v1/invoices").body["invoices"]
        assert (invoice["self_billed"], invoice["metadata"][0]["value"]) == (True, "8812")
        assert world.charged() == []

    def test_that_are_there_are_left_as_they_are(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        path = invoice_file(folder, "A-1,acme,EUR,4200,,,,")
        import_invoices(api, path)
        world.run()

        status, report = import_invoices(api, path)
        world.run()

        assert (status, results_by_line(report)) == (0, {2: "there already"})
        assert world.charged() == [4200]

    @pytest.mark.parametrize("moment", Moment)
    def test_are_put_once_though_it_breaks_off_at_that(
        self, world: World, api: ApiOfWorld, folder: Path, moment: Moment
    ) -> None:
        path = invoice_file(folder, "A-1,acme,EUR,4200,,,,", "A-2,acme,EUR,4200,,,,")
        world.aws.crash("PutItem", moment, TableName=TABLES["invoices"])
        with pytest.raises(SimulatedCrashError):
            import_invoices(api, path, "--workers", "1")

        status, report = import_invoices(api, path)
        world.run()

        assert (status, results_by_line(report)) == (0, {2: "imported", 3: "imported"})
        assert world.charged() == [4200, 4200]

    def test_that_are_put_by_another_meanwhile_are_left_to_it(
        self, world: World, api: ApiOfWorld, folder: Path
    ) -> None:
        path = folder / "invoices.jsonl"
        path.write_text(json.dumps({"lago_id": "7c1e", "external_customer_id": "acme"} | OWED) + "\n")
        other = {"lago_id": "7c1e", "total_amount_cents": 100}
        world.aws.meanwhile("PutItem", lambda: world.put_invoice_item(**other), TableName=TABLES["invoices"])

        status, report = import_invoices(api, path)
        world.run()

        assert (status, results_by_line(report)) == (0, {1: "there already"})
        assert world.charged() == [100]

    def test_are_not_called_put_where_aws_refuses_it(
        self, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}, "PutItem")

        def refuse(_call: Any, _parameters: dict[str, Any]) -> Any:
            raise denied

        api.world.aws.around("PutItem", refuse)
        assert (
            main(["--invoices", str(invoice_file(folder, "A-1,acme,EUR,1,,,,")), "--apply", "--local"], api.outside())
            == 2
        )

        assert "not authorized" in capsys.readouterr().err

    def test_need_an_account_that_is_connected(
        self, world: World, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        world.api("DELETE", "/api/v1/integrations/stripe/stripe?force=true")

        assert main(["--invoices", str(invoice_file(folder)), "--local"], api.outside()) == 2

        assert "No Stripe account is connected" in capsys.readouterr().err


def test_an_address_of_lagos_is_no_file_of_invoices(api: ApiOfWorld, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--invoices", "https://api.getlago.com/api/v1", "--local"], api.outside()) == 2

    assert "imported from a file" in capsys.readouterr().err
