"""An import may break off anywhere: the same command again ends with exactly the right customers and report."""

import sqlite3
import tracemalloc
from pathlib import Path
from random import Random

import pytest
from builders.imports import (
    ExpectedImport,
    generated_file,
    import_customers,
    line_file,
    linked_customers,
    results_by_line,
    table_file,
)
from importing.command import INTERRUPTED, main
from world.operator import ApiOfWorld, power_lost
from world.world import World

SMALL_REQUESTS = 9
"""Of the small file: one to look for each customer, one to send it, one for a link."""


def small_file(world: World, folder: Path) -> tuple[Path, ExpectedImport]:
    """With a customer who can be charged, one who cannot, one whose link is gone, and a line that is none."""
    charged, not_yet = world.stripe_customer(), world.stripe_customer(None)
    path = table_file(folder, f"acme,{charged},Acme", f"bolt,{not_yet},", "coil,cus_gone,", "x", "dune,,")
    lines = {2: "imported", 3: "imported", 4: "not found", 5: "malformed", 6: "imported"}
    return path, ExpectedImport(lines, {"acme": charged, "bolt": not_yet, "dune": None})


@pytest.mark.parametrize(
    ("at", "is_answered"), [*((number, True) for number in range(SMALL_REQUESTS)), (0, False), (4, False)]
)
def test_it_goes_on_after_a_power_loss_at_any_request(
    world: World, api: ApiOfWorld, folder: Path, at: int, is_answered: bool
) -> None:
    path, expected = small_file(world, folder)
    options = ("--workers", "1", "--checkout-links")
    with power_lost(api, folder, at=at, is_answered=is_answered):
        import_customers(api, path, *options)
    seen = len(api.sent)

    status, report = import_customers(api, path, *options)

    assert seen == at + 1
    assert (status, results_by_line(report), linked_customers(world)) == (1, *expected)
    assert [bool(report[line]["checkout_url"]) for line in (2, 3, 4)] == [False, True, False]


@pytest.mark.parametrize("seed", [1, 2])
def test_it_ends_with_the_right_customers_and_report_though_it_is_interrupted_twice(
    world: World, api: ApiOfWorld, folder: Path, seed: int
) -> None:
    path, expected = generated_file(world, folder, rows=40, seed=seed)
    api.checks = False
    for at in sorted(Random(seed).sample(range(80), 2)):  # noqa: S311
        with power_lost(api, folder, at=at, is_answered=bool(seed % 2)):
            import_customers(api, path, "--workers", "4")

    status, report = import_customers(api, path, "--workers", "4")

    assert (status, results_by_line(report), linked_customers(world)) == (1, *expected)


def test_nothing_that_is_done_is_asked_again(world: World, api: ApiOfWorld, folder: Path) -> None:
    path, _ = small_file(world, folder)
    with power_lost(api, folder, at=4, is_answered=False):
        import_customers(api, path, "--workers", "1")

    import_customers(api, path, "--workers", "1")

    assert api.sent.count("GET /api/v1/customers/acme") == 1


def test_ctrl_c_says_that_it_goes_on(
    world: World, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, expected = small_file(world, folder)

    def press(_number: int) -> None:
        raise KeyboardInterrupt

    go_on, api.after = api.after, press
    assert main(["--customers", str(path), "--apply"], api.outside()) == INTERRUPTED
    assert "Run the same command again" in capsys.readouterr().err
    api.after = go_on

    status, report = import_customers(api, path)

    assert (status, results_by_line(report)) == (1, expected.results)
    assert "It goes on where it was interrupted." in capsys.readouterr().out


def test_a_file_that_was_changed_meanwhile_is_begun_anew_and_nothing_is_sent_twice(
    world: World, api: ApiOfWorld, folder: Path
) -> None:
    path, _ = small_file(world, folder)
    with power_lost(api, folder, at=3, is_answered=True):
        import_customers(api, path, "--workers", "1")
    path.write_text("external_id\nnobody\n" + "acme\nbolt\n")

    _, report = import_customers(api, path)

    assert results_by_line(report) == {2: "imported", 3: "there already", 4: "there already"}


def test_two_at_once_of_the_same_file_are_refused(
    api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table_file(folder, "acme,,")
    other = sqlite3.connect(path.with_name("customers.csv.import.journal"))
    other.execute("BEGIN EXCLUSIVE")

    assert main(["--customers", str(path), "--apply"], api.outside()) == 2

    assert "Is another import of this file running?" in capsys.readouterr().err


def test_memory_does_not_grow_with_the_file(api: ApiOfWorld, folder: Path) -> None:
    """What is measured is the command: no row of these gets as far as the API."""

    def peak(rows: int) -> int:
        path = line_file(folder, *({"external_id": f"c{number}", "email": number} for number in range(rows)))
        tracemalloc.start()
        main(["--customers", str(path), "--apply"], api.outside())
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    few, many = peak(100), peak(1000)

    assert api.sent == []
    assert many < few * 1.2
