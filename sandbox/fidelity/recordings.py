"""What Stripe has answered, as files: without ids, keys, times and values that are anybody's own."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .exchanges import Exchange, Observation, content, observe
from .run import Result, Run

FOLDER = Path(__file__).parents[1] / "recordings"
_ID = re.compile(
    r"\b(acct|ba|card|ch|cs_test|cs|cus|evt|mandate|pi|pm|price|prod|py|pyr|re|req|seti|src|tok|txn|we)"
    r"_(?=[A-Za-z0-9_]*[0-9])[A-Za-z0-9]{10,}\b"
)
_KEY = re.compile(r"\b(?:sk|rk|pk)_(?:test|live)_\w+|\bwhsec_\w+")
_TIME = re.compile(r"\b[12][0-9]{9}\b")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request and what was answered; ids are `cus_…`."""

    operation: str
    params: dict[str, str]
    key: str | None
    answer: Observation


@dataclass(frozen=True, slots=True)
class RecordedShape:
    """What passed for one shape."""

    name: str
    meaning: str
    exchanges: tuple[Recorded, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """One run against Stripe, of an account in that country that is paid out in that currency."""

    api_version: str
    date: str
    country: str
    currency: str
    shapes: tuple[RecordedShape, ...]


def recorded(run: Run) -> tuple[RecordedShape, ...]:
    """What is kept of a run: what was answered."""
    return tuple(_shape(result, run.name) for result in run.results if result.is_answered)


def recorded_exchange(exchange: Exchange, run: str) -> Recorded:
    """What is kept of one request and its answer."""
    return Recorded(
        operation=masked(exchange.operation, run),
        params={name: masked(value, run) for name, value in exchange.params.items()},
        key=masked(exchange.key, run) if exchange.key and run in exchange.key else None,
        answer=observe(exchange),
    )


def account_of(results: Iterable[Result]) -> tuple[str, str]:
    """The country and the currency of the account that was asked, where it says so."""
    answers = [one for result in results for one in result.exchanges if one.operation == "GET /v1/account"]
    account = content(answers[0]) if answers else {}
    return account.get("country") or "US", account.get("default_currency") or "usd"


def write(recording: Recording, folder: Path = FOLDER) -> Path:
    """One file a version of the API: a newer run replaces the older one."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{recording.api_version}.json"
    path.write_text(json.dumps(asdict(recording), indent=1, sort_keys=True, default=_in_one_line) + "\n")
    return path


def read_all(folder: Path = FOLDER) -> Sequence[Recording]:
    """All that there are."""
    return [_read(json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))]


def masked(text: str, run: str) -> str:
    """Without what differs from run to run, and what nobody else may read."""
    without_keys = _KEY.sub("key", text.replace(run, "run"))
    return _TIME.sub("time", _ID.sub(r"\1_…", without_keys))


def _shape(result: Result, run: str) -> RecordedShape:
    return RecordedShape(
        result.shape.name, result.meaning, tuple(recorded_exchange(one, run) for one in result.exchanges)
    )


def _read(kept: dict[str, Any]) -> Recording:
    shapes = tuple(
        RecordedShape(
            shape["name"],
            shape["meaning"],
            tuple(
                Recorded(one["operation"], one["params"], one["key"], _answer(one["answer"]))
                for one in shape["exchanges"]
            ),
        )
        for shape in kept["shapes"]
    )
    return Recording(kept["api_version"], kept["date"], kept["country"], kept["currency"], shapes)


def _answer(kept: dict[str, Any]) -> Observation:
    return Observation(**{**kept, "keys": frozenset(kept["keys"].split())})


def _in_one_line(keys: frozenset[str]) -> str:
    return " ".join(sorted(keys))
