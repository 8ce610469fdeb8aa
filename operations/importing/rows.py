"""The rows of a file, one at a time, each with the line at which it begins: CSV, or JSON Lines."""

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from calling.errors import OperationError

LONGEST_LINE = 256 * 1024
"""As many bytes as the API takes of one customer."""

_NOT_UTF_8 = "not UTF-8"
_CHUNK = 1024 * 1024
_TABLES = (".csv", ".tsv", ".txt")
_LINES = (".jsonl", ".ndjson", ".json")


@dataclass(frozen=True, slots=True)
class Row:
    """`values` are those that are not empty; `problem` says why a row cannot be read. `ends_at` is how much of the
    file has been read by then, in bytes.
    """

    line: int
    ends_at: int
    values: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None


@dataclass
class Lines:
    """The lines of a file as text. What is not UTF-8, or too long, is marked, and costs only its own line."""

    file: BinaryIO
    number: int = 0
    read: int = 0
    is_too_long: bool = False

    def __iter__(self) -> Iterator[str]:
        while raw := self.file.readline(LONGEST_LINE):
            self.number += 1
            self.read += len(raw)
            if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
                self.is_too_long = True
                self._skip()
            text = raw.decode("utf-8", errors="surrogateescape")
            yield text.removeprefix("\ufeff") if self.number == 1 else text

    def _skip(self) -> None:
        while rest := self.file.readline(LONGEST_LINE):
            self.read += len(rest)
            if rest.endswith(b"\n"):
                return


def rows(path: Path, *, needed: str, root: str) -> Iterator[Row]:
    """All of them. A table has to have a column of the name that is `needed`; a JSON line may have its object below
    `root`, as the API wants it. Raises OperationError.
    """
    with path.open("rb") as file:
        if path.suffix.lower() in _TABLES:
            yield from _of_table(Lines(file), path, needed)
        elif path.suffix.lower() in _LINES:
            yield from _of_json_lines(Lines(file), root)
        else:
            raise OperationError(f"{path.name}: its name has to end in one of {', '.join((*_TABLES, *_LINES))}.")


def fingerprint(path: Path) -> str:
    """Says whether a file is the one it was. Raises OperationError if there is none."""
    try:
        with path.open("rb") as file:
            found = hashlib.sha256()
            while chunk := file.read(_CHUNK):
                found.update(chunk)
            return found.hexdigest()
    except OSError as error:
        raise OperationError(f"{path}: {error.strerror}.") from error


def _of_table(lines: Lines, path: Path, needed: str) -> Iterator[Row]:
    texts = iter(lines)
    header = next(texts, "").rstrip("\r\n")
    reader = csv.reader(texts, delimiter=max(",;\t", key=header.count), strict=True)
    names = [name.strip() for name in next(csv.reader([header], delimiter=max(",;\t", key=header.count)), [])]
    if needed not in names or len({*names}) < len(names):
        raise OperationError(f"{path.name}: its first line has to name the columns, each once, {needed} among them.")
    while True:
        begins_at = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lost = f", lines {begins_at} to {lines.number} are not read" if lines.number > begins_at else ""
            yield _malformed(lines, begins_at, f"no CSV: {error}{lost}")
            continue
        if cells:
            yield _row(lines, begins_at, names, cells)


def _row(lines: Lines, begins_at: int, names: list[str], cells: list[str]) -> Row:
    if len(cells) != len(names):
        return _malformed(lines, begins_at, f"{len(cells)} cells, where the first line names {len(names)} columns")
    values = {name: cell.strip() for name, cell in zip(names, cells, strict=True) if cell.strip()}
    if lines.is_too_long or _is_foreign("".join(cells)):
        return _malformed(lines, begins_at, _NOT_UTF_8)
    return Row(begins_at, lines.read, values)


def _of_json_lines(lines: Lines, root: str) -> Iterator[Row]:
    for text in lines:
        if text.strip():
            yield _json_row(lines, text, root)


def _json_row(lines: Lines, text: str, root: str) -> Row:
    if lines.is_too_long or _is_foreign(text):
        return _malformed(lines, lines.number, _NOT_UTF_8)
    try:
        values = json.loads(text, parse_float=Decimal, parse_constant=_no_such_number)
        json.dumps(values, ensure_ascii=False, default=str).encode()  # half a pair of surrogates is no text
    except (ValueError, RecursionError):
        return _malformed(lines, lines.number, "no JSON")
    if isinstance(values, dict) and isinstance(values.get(root), dict):
        values = values[root]
    if not isinstance(values, dict):
        return _malformed(lines, lines.number, "no JSON object")
    given = {name: value for name, value in values.items() if value not in (None, "", [], {})}
    return Row(lines.number, lines.read, given)


def _no_such_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _is_foreign(text: str) -> bool:
    """Whether there are bytes in it that are not UTF-8."""
    return any("\udc80" <= one <= "\udcff" for one in text)


def _malformed(lines: Lines, begins_at: int, problem: str) -> Row:
    said = f"longer than {LONGEST_LINE // 1024} KB" if lines.is_too_long else problem
    lines.is_too_long = False
    return Row(begins_at, lines.read, problem=said)


def said_of(details: Mapping[str, Any]) -> str:
    """What is wrong, each key with its codes, in one line."""
    return "; ".join(
        f"{name}: {', '.join(map(str, codes if isinstance(codes, list) else [codes]))}"
        for name, codes in sorted(details.items())
    )
