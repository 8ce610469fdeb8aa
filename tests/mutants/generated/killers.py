"""Which tests have to kill the mutants of which module of the model: the quickest first."""

from pathlib import Path

from template import REPOSITORY

MODEL = Path("layers/domain/paystream/model")

_OF_ALL = ("tests/unit/test_records.py",)
"""What holds for all records."""

_OTHERS = {
    "settlement": ("unit/test_settlement_decisions.py",),
    "standing": ("infrastructure/test_architecture_tables.py",),
}
"""Quicker tests than those that are named like the module, or tests of what is made from it."""


def modules() -> tuple[str, ...]:
    """The names of all modules of the model that have code, with dots: `refund`, `rules.refunds`."""
    found = (path.relative_to(REPOSITORY / MODEL) for path in (REPOSITORY / MODEL).rglob("[!_]*.py"))
    return tuple(sorted(".".join(path.with_suffix("").parts) for path in found))


def source(module: str) -> Path:
    """Its file, relative to the repository."""
    return MODEL / f"{module.replace('.', '/')}.py"


def killers(module: str) -> tuple[str, ...]:
    """The files of tests, relative to the repository."""
    others = (f"tests/{name}" for name in _OTHERS.get(module, ()))
    *folders, name = module.split(".")
    own = "/".join(("tests/unit", *folders, f"test_{name}.py"))
    return (*others, *((own,) if (REPOSITORY / own).exists() else ()), *_OF_ALL)
