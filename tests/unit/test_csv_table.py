"""Lists as CSV: what is quoted, what is no formula, and when it is asked for."""

import csv
import io
from decimal import Decimal

import pytest
from paystream.entry.csv_table import csv_answer, csv_text, wants_csv
from paystream.entry.http import Request

HEADER = ("name", "value")


def cell(value: object) -> str:
    """A value as it stands in a table, read by another reader of CSV."""
    text = csv_text(HEADER, [{"name": "x", "value": value}])
    (_, row) = csv.reader(io.StringIO(text, newline=""), strict=True)
    return row[1]


def asked(accept: str | None) -> Request:
    headers = {} if accept is None else {"accept": accept}
    return Request(organization_id="organization", path={}, query={}, headers=headers)


def test_a_line_ends_as_rfc_4180_says_and_the_names_come_first() -> None:
    assert csv_text(HEADER, [{"name": "a", "value": 1}]) == "name,value\r\na,1\r\n"
    assert csv_text(HEADER, []) == "name,value\r\n"


def test_what_would_break_a_line_is_quoted() -> None:
    assert csv_text(("name",), [{"name": 'a "b", c\r\nd'}]) == 'name\r\n"a ""b"", c\r\nd"\r\n'


@pytest.mark.parametrize("text", ["Zoë, GmbH", 'an "inch"', "two\nlines", "", " ", "1=2", "a@b.test"])
def test_a_text_is_read_as_it_was(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_a_text_that_a_spreadsheet_would_run_begins_with_an_apostrophe(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "shown"), [(None, ""), (True, "true"), (False, "false"), (Decimal("-1.50"), "-1.50"), (0, "0")]
)
def test_what_is_no_text_is_shown_as_it_is(value: object, shown: str) -> None:
    assert cell(value) == shown


@pytest.mark.parametrize(
    "accept",
    [
        "text/csv",
        "TEXT/CSV; charset=utf-8",
        "text/csv, */*;q=0.1",
        "application/json;q=0.9, text/csv",
        "application/json, text/csv",
        "application/json;q=0.5,text/csv;q=0.5",
    ],
)
def test_it_is_asked_for_by_name(accept: str) -> None:
    assert wants_csv(asked(accept))


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "text/*",
        "application/json",
        "text/csv;q=0",
        "text/csv;q=0.000",
        "application/json, text/csv;q=0.9",
    ],
)
def test_json_is_answered_otherwise(accept: str | None) -> None:
    assert not wants_csv(asked(accept))


def test_the_answer_leads_on_by_a_header() -> None:
    last, first = csv_answer(HEADER, [], None), csv_answer(HEADER, [], "next")

    assert last.headers == {"Content-Type": "text/csv; charset=utf-8; header=present"}
    assert first.headers == {**last.headers, "Next-Cursor": "next"}
