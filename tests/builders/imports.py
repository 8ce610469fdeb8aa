"""Files that `make import` reads, and what it says and does."""

import csv
import json
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from importing.command import main
from world.operator import ApiOfWorld
from world.world import World


def table_file(folder: Path, *lines: str, header: str = "external_id,provider_customer_id,name") -> Path:
    """A table of these lines below its header."""
    path = folder / "customers.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


def line_file(folder: Path, *objects: Any) -> Path:
    """JSON Lines of these objects."""
    path = folder / "customers.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in objects))
    return path


class ExpectedImport(NamedTuple):
    """Of a generated file: what has to be said of each line, and who has to be there."""

    results: dict[int, str]
    linked: dict[str, str | None]


def generated_file(world: World, folder: Path, *, rows: int, seed: int) -> tuple[Path, ExpectedImport]:
    """Of which one row in twenty is bad, in one of several ways."""
    random = Random(seed)  # noqa: S311
    pool = [world.stripe_customer(random.choice(["pm_card_visa", None])) for _ in range(5)]
    lines, expected = [], ExpectedImport({}, {})
    for number in range(rows):
        name, customer_id = f"customer-{number}", random.choice(pool)
        bad = {
            "not found": f"{name},cus_gone{number},",
            "malformed": random.choice([f"{name},{customer_id}", f"{name},price_1,", f",{customer_id},"]),
            "repeated": f"customer-0,{customer_id},",
        }
        result = random.choice([*bad]) if number and random.random() < 0.05 else "imported"
        lines.append(bad.get(result, f"{name},{customer_id},Name {number}"))
        expected.results[number + 2] = result
        if result == "imported":
            expected.linked[name] = customer_id
    return table_file(folder, *lines), expected


def import_customers(api: ApiOfWorld, path: Path, *options: str) -> tuple[int, dict[int, dict[str, str]]]:
    """The exit status of an import that is applied, and the report's rows by their lines."""
    status = main(["--customers", str(path), "--apply", *options], api.outside())
    return status, import_report(path, "import")


def import_report(path: Path, mode: str) -> dict[int, dict[str, str]]:
    with path.with_name(f"{path.name}.{mode}.csv").open(newline="") as file:
        return {int(row["line"]): row for row in csv.DictReader(file)}


def results_by_line(report: dict[int, dict[str, str]]) -> dict[int, str]:
    return {line: row["result"] for line, row in report.items()}


def linked_customers(world: World) -> dict[str, Any]:
    """The Stripe customers of ours, by our own ids."""
    return {item["external_id"]: item.get("provider_customer_id") for item in world.items("customers")}
