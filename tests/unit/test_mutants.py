"""`make mutants`: its table is true, and what is no kill does not count as one."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from mutants.__main__ import choose, shown
from mutants.mutant import Mutant
from mutants.mutants import MUTANTS
from mutants.verdict import LAYER, TableError, Verdict, mutated, verdict_of
from template import REPOSITORY

NAMES = [mutant.name for mutant in MUTANTS]
KILLER = "tests/functions/test_refund_payment.py::TestACrash::test_after_stripe_forgot_the_key_is_looked_up"


def without_guard(mutant: Mutant) -> str:
    """The module's text. Fails if the guard is not found exactly once."""
    return mutated(mutant, (REPOSITORY / LAYER / mutant.path).read_text())


@pytest.mark.parametrize("mutant", MUTANTS, ids=NAMES)
def test_its_killers_exist(mutant: Mutant) -> None:
    assert mutant.killers
    for killer in mutant.killers:
        module, *path = killer.split("::")
        found: list[ast.stmt] = ast.parse((REPOSITORY / module).read_text()).body
        for name in (one.partition("[")[0] for one in path):
            named = [one for one in found if isinstance(one, ast.ClassDef | ast.FunctionDef) and one.name == name]
            assert named, f"{killer}: there is no {name}"
            found = named[0].body


def test_each_mutant_is_a_program_in_which_every_name_is_known(tmp_path: Path) -> None:
    """Python would not run another one, and whatever test comes first would kill it."""
    for number, mutant in enumerate(MUTANTS):
        (tmp_path / f"mutant_{number}.py").write_text(without_guard(mutant))

    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--quiet", "--select", "F821"]
    done = subprocess.run([*ruff, str(tmp_path)], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_each_is_in_the_documentation_with_what_kills_it() -> None:
    lines = (REPOSITORY / "docs/reliability.md").read_text().splitlines()

    assert len(set(NAMES)) == len(NAMES)
    for mutant in MUTANTS:
        parts = [(killer.partition("::")[0], killer.rpartition("::")[2]) for killer in mutant.killers]
        killers = ", ".join(f"`{test}` ({Path(module).stem})" for module, test in parts)
        assert lines.count(f"| {mutant.name} | {killers} |") == 1


@pytest.mark.parametrize("text", ["a guard that is not there", "invoice"])
def test_a_guard_that_is_not_found_once_is_an_error_of_the_table(text: str) -> None:
    with pytest.raises(TableError, match="times, not once"):
        without_guard(Mutant(name="m", path="model/invoice.py", text=text, replacement="", killers=()))


class TestTheVerdict:
    def test_of_tests_that_pass_is_that_it_survives(self) -> None:
        assert verdict_of(0, "3 passed in 1.00s\n") is None

    def test_of_a_test_that_fails_is_that_it_is_killed(self) -> None:
        assert verdict_of(1, f"F\nFAILED {KILLER} - assert 2 == 1\n1 failed in 1.00s\n") == KILLER

    @pytest.mark.parametrize(
        ("exit_code", "output"),
        [
            (1, f"ERROR {KILLER} - fixture failed\n"),
            (2, "ERROR tests/functions/test_refund_payment.py\nInterrupted: 1 error during collection\n"),
            (4, "ERROR: not found\n"),
            (5, "no tests ran in 0.01s\n"),
        ],
    )
    def test_of_tests_that_could_not_run_is_an_error(self, exit_code: int, output: str) -> None:
        with pytest.raises(TableError, match=f"exit code {exit_code}"):
            verdict_of(exit_code, output)


def test_one_is_chosen_by_its_number_or_by_words() -> None:
    assert len(choose("")) == len(MUTANTS)
    assert list(choose("2")) == [2]
    assert list(choose("23-HOUR guard")) == [1]
    assert choose("no such guard") == choose("0") == {}


@pytest.mark.parametrize("mutant", MUTANTS, ids=NAMES)
def test_a_row_is_not_wider_than_100_columns_and_shouts_where_it_survives(mutant: Mutant) -> None:
    killed = shown(12, Verdict(mutant, mutant.killers[0], None, 123.4))
    survived = shown(12, Verdict(mutant, None, "SURVIVED: no test noticed", 1.0))

    assert max(map(len, [*killed.splitlines(), *survived.splitlines()])) <= 100
    test = mutant.killers[0].partition("[")[0].rpartition("::")[2]
    assert test in "".join(line.split("|")[1].strip() for line in killed.splitlines())
    assert "SURVIVED" in survived
