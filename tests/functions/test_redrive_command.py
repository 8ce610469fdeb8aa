"""`make redrive`: one command has everything handled once more, and says what stays."""

import json
from pathlib import Path

import pytest
import redrive
from builders.durations import DAY
from world.api_gateway import ORGANIZATION
from world.cloudformation import Cloudformation
from world.redriving import Redriving


@pytest.fixture
def cloudformation(operator: Redriving, monkeypatch: pytest.MonkeyPatch) -> Cloudformation:
    return Cloudformation(monkeypatch)


@pytest.fixture
def failed_record(operator: Redriving) -> str:
    operator.world.put_invoice_item(lago_id="inv-1")
    key = operator.give_up("invoice-created", operator.world.stream_event(operator.world.new_images("invoices")))
    operator.world.pass_time(2 * DAY)
    return key


@pytest.mark.usefixtures("failed_record", "cloudformation")
class TestTheCommand:
    def test_has_everything_handled_and_says_so(self, operator: Redriving, capsys: pytest.CaptureFixture[str]) -> None:
        assert redrive.main(["failed-records"]) == 0

        assert lines(capsys)[-1] == "1 handled, 0 left."
        assert operator.world.charged() == [4200]

    def test_takes_the_code_of_charges_that_were_refused(
        self, operator: Redriving, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert redrive.main(["refused-charges", "--code", "testmode_charges_only"]) == 0

        assert lines(capsys)[-1] == "0 handled, 0 left."
        assert operator.world.charged() == []

    def test_names_what_stays_and_fails(self, operator: Redriving, capsys: pytest.CaptureFixture[str]) -> None:
        odd = operator.put("no JSON", number=2)

        assert redrive.main(["failed-records"]) == 1

        said = lines(capsys)
        assert said[-1] == "1 handled, 1 left."
        assert any(odd in line and "not what Lambda writes" in line for line in said)

    def test_only_names_what_there_is_in_a_dry_run(
        self, operator: Redriving, failed_record: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert redrive.main(["failed-records", "--dry-run"]) == 0

        said = lines(capsys)
        assert said[-1] == "1 found."
        assert any(f"{ORGANIZATION}/inv-1 in {failed_record}" in line for line in said)
        assert operator.world.charged() == []

    def test_goes_on_until_it_is_through(
        self, operator: Redriving, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("paystream.use_cases.notifications.redrive_records.MOST_LEFT", 1)
        for number in (2, 3):
            operator.put("no JSON", number=number)

        assert redrive.main(["failed-records"]) == 1

        assert lines(capsys)[-2:] == [lines_of_third(operator), "1 handled, 2 left."]

    def test_publishes_what_was_made_in_between(self, operator: Redriving, capsys: pytest.CaptureFixture[str]) -> None:
        operator.world.create_invoice()
        operator.world.collect_new_invoices()

        times = ["--since", "2026-11-25T00:00:00Z", "--until", "2026-11-26T00:00:00Z"]
        assert redrive.main(["missed-notifications", *times]) == 0

        assert lines(capsys)[-1] == "2 handled, 0 left."
        assert len(operator.world.received()) == 2

    def test_says_what_the_function_says_that_fails(
        self, operator: Redriving, capsys: pytest.CaptureFixture[str]
    ) -> None:
        operator.functions.breaks = {"redrive-records"}

        assert redrive.main(["failed-records"]) == 2

        assert capsys.readouterr().err == "The function failed: Task timed out. It is safe to run this again.\n"

    def test_does_not_go_on_for_ever_with_a_function_that_does_not_get_on(
        self, operator: Redriving, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("redrive_records.NEEDED_MILLISECONDS", 10**9)

        assert redrive.main(["failed-records"]) == 2

        assert "does not get on" in capsys.readouterr().err
        assert operator.world.charged() == []


class TestWhatItIsNotifiedAbout:
    def test_must_be_known(self) -> None:
        with pytest.raises(SystemExit):
            redrive.main(["everything"])

    @pytest.mark.usefixtures("cloudformation")
    def test_a_stack_that_is_not_there_is_reported(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert redrive.main(["failed-records", "--stack", "another"]) == 2
        assert "no such stack" in capsys.readouterr().err

    def test_a_stack_of_an_older_version_is_reported(
        self, cloudformation: Cloudformation, capsys: pytest.CaptureFixture[str]
    ) -> None:
        cloudformation.outputs = {}

        assert redrive.main(["failed-records"]) == 2
        assert "deploy this version first" in capsys.readouterr().err

    @pytest.mark.usefixtures("failed_record")
    def test_a_stack_on_this_machine_is_found_where_it_says_it_is(
        self, cloudformation: Cloudformation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        stack = {"aws_endpoint_url": "http://127.0.0.1:4", "region": "us-east-1"}
        stack |= {"aws_access_key_id": "administrator", "aws_secret_access_key": "local"}
        (tmp_path / "stack.json").write_text(json.dumps(stack))
        monkeypatch.setattr("calling.stack.LOCAL_STACK", tmp_path / "stack.json")

        assert redrive.main(["failed-records", "--local"]) == 0
        assert cloudformation.asked == ["http://127.0.0.1:4/"]

    def test_a_stack_on_this_machine_that_does_not_run_is_reported(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("calling.stack.LOCAL_STACK", tmp_path / "stack.json")

        assert redrive.main(["failed-records", "--local"]) == 2
        assert "make local" in capsys.readouterr().err


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def lines_of_third(operator: Redriving) -> str:
    return f"  {operator.objects()[1]}: this is not what Lambda writes of a failed stream record"
