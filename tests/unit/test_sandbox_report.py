"""The table at the end of `make demo` fits a terminal."""

import pytest
from sandbox.report import print_table


def printed(capsys: pytest.CaptureFixture[str], *rows: tuple[str, ...], most: int | None = None) -> list[str]:
    print_table(("invoice", "notifications"), rows, most=most)
    return capsys.readouterr().out.strip("\n").splitlines()


def test_a_cell_that_is_too_long_goes_on_below_itself(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, ("anna", "payment.requires_action, payment.succeeded"), ("dora", "-"), most=34)

    assert lines == [
        "invoice  notifications",
        "-------  -------------------------",
        "anna     payment.requires_action,",
        "         payment.succeeded",
        "dora     -",
    ]


def test_without_a_limit_every_row_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, ("anna", "a, b " * 40))[2].startswith("anna     a, b a, b")


def test_a_table_is_not_made_wider_than_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, ("anna", "-"), most=100)[1] == "-------  -------------"


def test_a_last_column_in_which_nothing_stands_takes_no_room(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("function", ""), [("collect-due", "")])

    assert capsys.readouterr().out.split("\n")[1:4] == ["function", "-----------", "collect-due"]
