"""`make mutants TOOL=cosmic-ray`: what kills which module is true, and nothing counts as killed that was not."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from mutants.generated import fork_server, run_tests
from mutants.generated.__main__ import wrong
from mutants.generated.explained import EXPLAINED, Key
from mutants.generated.killers import killers, modules, source
from mutants.generated.session import Mutant, changed
from template import REPOSITORY

KEY = ("retries", "if tries > most:", "if tries >= most:")


def mutant(outcome: str, key: Key = KEY) -> Mutant:
    return Mutant(key[0], 1, "core/NumberReplacer", key[1], key[2], outcome)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("server") / "socket"
    with subprocess.Popen([sys.executable, "-P", fork_server.__file__, path], cwd=path.parent) as process:
        while not path.exists():
            assert process.poll() is None
            time.sleep(0.05)
        yield str(path)
        process.terminate()


@pytest.mark.parametrize("module", modules())
def test_each_module_has_tests_that_are_there(module: str) -> None:
    assert killers(module)
    assert all((REPOSITORY / name).is_file() for name in killers(module))


def test_the_modules_of_a_room_within_the_model_are_judged_too() -> None:
    assert (REPOSITORY / source("rules.closing")).is_file()
    assert "tests/unit/rules/test_closing.py" in killers("rules.closing")
    assert {"next_step", "rules.closing"} <= set(modules())


@pytest.mark.parametrize("key", EXPLAINED)
def test_what_is_explained_stands_in_the_model(key: Key) -> None:
    lines = (REPOSITORY / source(key[0])).read_text().splitlines()
    assert f" {key[1]} " in " ".join(map(str.strip, lines))


def test_a_survivor_has_to_be_explained() -> None:
    assert wrong([mutant("survived")], ()) == ([mutant("survived")], [])
    assert wrong([mutant("survived")], (KEY,)) == ([], [])
    assert wrong([mutant("killed")], ()) == ([], [])


def test_an_explanation_of_what_is_killed_or_gone_is_an_error() -> None:
    assert wrong([mutant("killed")], (KEY,)) == ([], [KEY])
    assert wrong([mutant("killed", ("payment", "a", "b"))], (KEY,)) == ([], [])


@pytest.mark.parametrize(
    ("body", "code"), [("pass", 0), ("assert False", 1), ("import os; os._exit(0)", 70), ("while True: pass", 70)]
)
def test_only_tests_that_failed_or_came_to_no_end_are_a_kill(server: str, tmp_path: Path, body: str, code: int) -> None:
    (tmp_path / "test_one.py").write_text(f"def test_one():\n    {body}\n")

    found, _ = run_tests.run(server, 2 if "while" in body else 60, ["test_one.py"], folder=str(tmp_path))

    assert found == code


def test_a_mutant_is_known_by_the_lines_that_differ() -> None:
    header = "--- mutation diff ---\n--- a/retries.py\n+++ b/retries.py\n@@ -1,3 +1,3 @@\n"

    assert changed(f"{header} def one():\n-    return a == b\n+    return a >= b\n ") == (
        "return a == b",
        "return a >= b",
    )
    assert changed(f"{header} class One:\n-\n-    @property\n     def a(self) -> int: ...\n") == (
        "@property def a(self) -> int: ...",
        "def a(self) -> int: ...",
    )


def test_without_the_fork_server_nothing_is_judged(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", run_tests.__file__, str(tmp_path / "socket"), "60", "test_one.py"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.stdout.startswith(run_tests.LOST)
