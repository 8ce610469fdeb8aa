"""Lists as CSV, for a person's spreadsheet: RFC 4180, in UTF-8.

A spreadsheet takes a cell that begins with one of these signs for a formula, and would run what a stranger wrote: it
gets an apostrophe. Source: https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from paystream.entry.http import Request, Response

CSV = "text/csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_QUALITY = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


def wants_csv(request: Request) -> bool:
    """Whether `Accept` names CSV, and does not prefer JSON. Source: https://www.rfc-editor.org/rfc/rfc9110#field.accept"""
    qualities = dict(map(_named, request.headers.get("accept", "").split(",")))
    return qualities.get(CSV, 0) > 0 and qualities[CSV] >= qualities.get("application/json", 0)


def csv_answer(header: Sequence[str], rows: Iterable[Mapping[str, Any]], next_cursor: str | None) -> Response:
    """One page of a list; `Next-Cursor` leads on, as `next_cursor` does in JSON."""
    headers = {"Content-Type": f"{CSV}; charset=utf-8; header=present"}
    leads_on = {"Next-Cursor": next_cursor} if next_cursor else {}
    return Response(csv_text(header, rows), headers=headers | leads_on)


def csv_text(header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """A line of names, and one for each row. None is empty; true and false are as in JSON."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(row[name]) for name in header] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _named(part: str) -> tuple[str, float]:
    name, *parameters = (one.strip().lower() for one in part.split(";"))
    found = next(filter(None, map(_QUALITY.fullmatch, parameters)), None)
    return name, float(found[1]) if found else 1.0
