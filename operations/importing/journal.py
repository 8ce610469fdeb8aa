"""What has become of each row, in a file of SQLite beside the rows: what is in it is done, whatever breaks off.

Before a row is sent that is written and synced; what became of it afterwards is synced with a later row. A row of which
only the first is known is looked at again, and counts as sent by this import. Nothing of it is held in memory.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from threading import Lock

from calling.errors import OperationError

OWNERS_ONLY = 0o600
"""Who may read what names the customers, and the pages on which they save a card."""

_FORM = "1"
_FINISHED = "finished"
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS rows (
        line INTEGER PRIMARY KEY, external_id TEXT, sent INTEGER NOT NULL DEFAULT 0, result TEXT,
        provider_customer_id TEXT, is_chargeable INTEGER, is_created INTEGER,
        brought_as TEXT, cents INTEGER, link TEXT, reason TEXT
    );
    CREATE INDEX IF NOT EXISTS by_external_id ON rows (external_id);
    CREATE TABLE IF NOT EXISTS left_out (name TEXT PRIMARY KEY);
"""


class Result(StrEnum):
    """What became of a row. The last five need a person."""

    IMPORTED = "imported"
    THERE_ALREADY = "there already"
    NOT_FOUND = "not found"
    LINKED_OTHERWISE = "linked otherwise"
    REPEATED = "repeated"
    MALFORMED = "malformed"
    REFUSED = "refused"


NEEDS_A_PERSON = (Result.NOT_FOUND, Result.LINKED_OTHERWISE, Result.REPEATED, Result.MALFORMED, Result.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`is_chargeable` and `is_created` (in Stripe) are of customers. `brought_as` is what an invoice is brought over
    as, `cents` what is owed of it, in minor units. `link` is a checkout link's URL. None where there is nothing to say.
    """

    result: Result
    external_id: str | None = None
    provider_customer_id: str | None = None
    is_chargeable: bool | None = None
    is_created: bool | None = None
    brought_as: str | None = None
    cents: int | None = None
    link: str | None = None
    reason: str | None = None


_COLUMNS = tuple(one.name for one in fields(Outcome))
_FLAGS = ("is_chargeable", "is_created")


def journal_of(path: Path, *, applies: bool) -> Path:
    """Where the journal of a file is. A dry run has its own."""
    return path.with_name(f"{path.name}.{'import' if applies else 'dry-run'}.journal")


def is_unfinished(path: Path) -> bool:
    """Whether there is a journal, of an import that was interrupted."""
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as database:
        tables = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'facts'").fetchall()
        return bool(tables) and database.execute("SELECT 1 FROM facts WHERE value = ?", (_FINISHED,)).fetchone() is None


class Journal:
    """One import of one file. `about` tells another import, or another file of the same name, apart."""

    def __init__(self, path: Path, about: str) -> None:
        """Raises OperationError if another process has it open."""
        self._lock = Lock()
        path.touch(mode=OWNERS_ONLY)
        self._database = sqlite3.connect(path, timeout=1, check_same_thread=False)
        try:
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + _SCHEMA)
        except sqlite3.OperationalError as error:
            raise OperationError(f"{path}: {error}. Is another import of this file running?") from error
        known = dict(self._database.execute("SELECT name, value FROM facts"))
        self.is_resumed = known == {"form": _FORM, "about": about}
        if not self.is_resumed:
            self._begin(about)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._database.commit()
            self._database.close()

    def _begin(self, about: str) -> None:
        for table in ("facts", "rows", "left_out"):
            self._database.execute(f"DELETE FROM {table}")  # noqa: S608 - the names stand above
        self._database.executemany("INSERT INTO facts VALUES (?, ?)", [("form", _FORM), ("about", about)])
        self._database.commit()

    def enter(self, line: int, external_id: str | None) -> None:
        """A row is looked at now."""
        with self._lock:
            self._database.execute(
                "INSERT INTO rows (line, external_id) VALUES (?, ?) ON CONFLICT DO NOTHING", (line, external_id)
            )

    def is_done(self, line: int) -> bool:
        return self._one("SELECT 1 FROM rows WHERE line = ? AND result IS NOT NULL", line) is not None

    def was_sent(self, line: int) -> bool:
        """Whether this import has sent it, or was about to."""
        return self._one("SELECT 1 FROM rows WHERE line = ? AND sent", line) is not None

    def earlier(self, line: int, external_id: str) -> int | None:
        """The line of an earlier row of the same external_id."""
        found = self._one(
            "SELECT line FROM rows WHERE external_id = ? AND line < ? ORDER BY line LIMIT 1", external_id, line
        )
        return int(str(found[0])) if found else None

    def send(self, line: int) -> None:
        """It is sent next. On the disk when this returns, and with it all that was written before."""
        with self._lock:
            self._database.execute("UPDATE rows SET sent = 1 WHERE line = ?", (line,))
            self._database.commit()

    def end(self, line: int, outcome: Outcome) -> None:
        """What has become of it."""
        changes = ", ".join(f"{name} = ?" for name in _COLUMNS)
        values = [getattr(outcome, name) for name in _COLUMNS]
        with self._lock:
            self._database.execute(f"UPDATE rows SET {changes} WHERE line = ?", [*values, line])  # noqa: S608

    def leave_out(self, names: frozenset[str]) -> None:
        """Columns that are not imported."""
        with self._lock:
            self._database.executemany("INSERT INTO left_out VALUES (?) ON CONFLICT DO NOTHING", [(n,) for n in names])

    def finish(self) -> None:
        """All rows are done: the next import of this file is another one."""
        with self._lock:
            self._database.execute("UPDATE facts SET value = ? WHERE name = 'about'", (_FINISHED,))

    def counts(self) -> dict[Result, int]:
        found = self._all("SELECT result, count(*) FROM rows GROUP BY result")
        return {Result(str(name)): int(str(number)) for name, number in found if name}

    def count(self, column: str, value: object) -> int:
        """How many customers that are here now have this in a column of theirs."""
        query = f"SELECT count(*) FROM rows WHERE {column} IS ? AND result IN (?, ?)"  # noqa: S608 - a name of ours
        found = self._one(query, value, Result.IMPORTED, Result.THERE_ALREADY)
        return int(str(found[0])) if found else 0

    def groups(self) -> list[tuple[str, int, int]]:
        """What the invoices are brought over as, how many each, and what is owed of them, in minor units."""
        query = (
            "SELECT brought_as, count(*), sum(cents) FROM rows WHERE brought_as IS NOT NULL AND result = ? GROUP BY 1"
        )
        found = self._all(query, Result.IMPORTED)
        return [(str(name), int(str(number)), int(str(cents))) for name, number, cents in found]

    def left_out(self) -> list[str]:
        return [str(name) for (name,) in self._all("SELECT name FROM left_out ORDER BY name")]

    def outcomes(self, result: Result | None = None, *, most: int = -1) -> Iterator[tuple[int, Outcome]]:
        """In the order of their lines: all, or those of one result; -1 is without an end."""
        query = (
            f"SELECT line, {', '.join(_COLUMNS)} FROM rows "  # noqa: S608
            "WHERE result IS NOT NULL AND ? IN ('', result) ORDER BY line LIMIT ?"
        )
        for line, *values in self._database.execute(query, (result or "", most)):
            found = dict(zip(_COLUMNS, values, strict=True))
            flags = {
                name: None if found[name] is None else bool(found[name]) for name in ("is_chargeable", "is_created")
            }
            yield int(line), Outcome(**{**found, **flags, "result": Result(found["result"])})

    def _one(self, query: str, *values: object) -> tuple[object, ...] | None:
        with self._lock:
            found: tuple[object, ...] | None = self._database.execute(query, values).fetchone()
            return found

    def _all(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self._lock:
            return self._database.execute(query, values).fetchall()
