"""`make figures`: one command says whether the figures are those of the tables, and another one makes them so."""

from pathlib import Path

import figures
import pytest
from builders.figures import count_all_invoices, miscounts
from world.api_gateway import ORGANIZATION
from world.cloudformation import Cloudformation
from world.redriving import Redriving
from world.world import World


@pytest.fixture(autouse=True)
def known_stack(operator: Redriving, monkeypatch: pytest.MonkeyPatch) -> Cloudformation:
    """Its pauses take no time."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    return Cloudformation(monkeypatch)


@pytest.fixture
def paid_invoice(operator: Redriving) -> str:
    """Its id; it is not counted."""
    invoice_id = operator.world.create_invoice()
    operator.world.run()
    return invoice_id


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def add_a_cent(world: World) -> None:
    (row,) = [item for item in world.items("figures") if str(item["name"]).startswith("day#")]
    world.put_item("figures", row | {"collected_cents": row["collected_cents"] + 1})


class TestTheCheck:
    @pytest.mark.usefixtures("paid_invoice")
    def test_says_that_all_agrees(self, operator: Redriving, capsys: pytest.CaptureFixture[str]) -> None:
        count_all_invoices(operator.world)

        assert figures.main(["check"]) == 0

        assert said(capsys)[-1] == "3 entries checked, all agree."

    def test_names_an_invoice_that_is_not_counted(self, paid_invoice: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert figures.main(["check"]) == 1

        lines = said(capsys)
        assert lines[0] == "1 differ: looked at again in 10 s"
        assert lines[-2] == f"  invoice {ORGANIZATION}/{paid_invoice}"
        assert lines[-1].startswith("1 entries checked, 1 differ:")

    @pytest.mark.usefixtures("paid_invoice")
    def test_names_a_row_that_is_wrong_by_a_cent(self, operator: Redriving, capsys: pytest.CaptureFixture[str]) -> None:
        count_all_invoices(operator.world)
        add_a_cent(operator.world)

        assert figures.main(["check"]) == 1

        wrong = f"  row {ORGANIZATION} day 2026-11-23 EUR collected_cents: +1 more than its invoices"
        assert said(capsys)[-2] == wrong

    @pytest.mark.usefixtures("paid_invoice")
    def test_looks_again_at_what_is_being_counted(
        self, operator: Redriving, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("time.sleep", lambda _: count_all_invoices(operator.world))

        assert figures.main(["check"]) == 0

        assert said(capsys)[-1] == "3 entries checked, all agree."

    @pytest.mark.usefixtures("paid_invoice")
    def test_adds_up_what_lies_on_several_pages(self, operator: Redriving, capsys: pytest.CaptureFixture[str]) -> None:
        """DynamoDB answers a scan with one item at a time."""
        operator.world.create_invoice()
        operator.world.run()
        count_all_invoices(operator.world)
        operator.world.aws.around("Scan", lambda call, parameters: call(parameters | {"Limit": 1}))

        assert figures.main(["check"]) == 0
        add_a_cent(operator.world)
        assert figures.main(["check"]) == 1

        assert said(capsys)[-1].startswith("5 entries checked, 1 differ:")

    def test_says_what_the_function_says_that_fails(
        self, operator: Redriving, capsys: pytest.CaptureFixture[str]
    ) -> None:
        operator.functions.breaks = {"check-figures"}

        assert figures.main(["check"]) == 2

        assert capsys.readouterr().err == "The function failed: Task timed out. It is safe to run this again.\n"

    def test_reports_a_stack_of_an_older_version(
        self, known_stack: Cloudformation, capsys: pytest.CaptureFixture[str]
    ) -> None:
        known_stack.outputs = {}

        assert figures.main(["check"]) == 2

        assert "deploy this version first" in capsys.readouterr().err

    def test_reports_that_no_stack_runs_here(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("calling.stack.LOCAL_STACK", tmp_path / "stack.json")

        assert figures.main(["check", "--local"]) == figures.main(["backfill", "--local"]) == 2

        assert "make local" in capsys.readouterr().err


class TestTheBackfill:
    @pytest.mark.usefixtures("paid_invoice")
    def test_counts_what_is_not_counted(self, operator: Redriving, capsys: pytest.CaptureFixture[str]) -> None:
        assert figures.main(["backfill"]) == 0

        assert said(capsys)[-1] == "1 handled, 0 left."
        assert miscounts(operator.world) == []

    @pytest.mark.usefixtures("paid_invoice")
    def test_changes_nothing_where_all_is_counted(self, operator: Redriving) -> None:
        figures.main(["backfill"])
        before = operator.world.items("figures")

        assert figures.main(["backfill"]) == 0

        assert operator.world.items("figures") == before
