"""A list in two files: as JSON Lines, whole, and as a table, with a column for each value that is no list."""

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from calling.cells import safe

_UNFINISHED = ".part"
_DEEPEST = 2


def write_json_lines(path: Path, objects: Iterable[Mapping[str, Any]]) -> None:
    """Takes the file's place once all of it is on the disk."""
    draft = path.with_suffix(path.suffix + _UNFINISHED)
    with draft.open("w", encoding="utf-8") as file:
        for one in objects:
            file.write(json.dumps(one, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """One object at a time."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def write_table(path: Path, source: Path) -> None:
    """The JSON Lines as CSV. They are read twice: which columns there are is known after the last."""
    columns = list(dict.fromkeys(name for one in read_json_lines(source) for name in _flat(one)))
    draft = path.with_suffix(path.suffix + _UNFINISHED)
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(_flat(one) for one in read_json_lines(source))
    draft.replace(path)


def _flat(one: Mapping[str, Any], prefix: str = "", depth: int = 1) -> dict[str, str]:
    """Objects within as `outer.inner`, lists and what is deeper as JSON, null as nothing."""
    cells: dict[str, str] = {}
    for name, value in one.items():
        if isinstance(value, dict) and value and depth < _DEEPEST:
            cells |= _flat(value, f"{prefix}{name}.", depth + 1)
        else:
            cells[prefix + name] = _cell(value)
    return cells


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return safe(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
