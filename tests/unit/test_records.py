"""The records of the model: what is read is what was written."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Protocol

import pytest
from template import REPOSITORY

DOMAIN = REPOSITORY / "layers/domain"
MODULES = [
    ".".join(path.relative_to(DOMAIN).with_suffix("").parts)
    for path in sorted((DOMAIN / "paystream/model").rglob("[!_]*.py"))
]
SMALL = set(
    """
    Credentials DueInvoice ItemHistory NamedAttempt Payer RateLimit Reason SavedMethod Settlement StreamRecord Wallet
    _Shape
    """.split()
)
"""The order of their fields is plain: these may be made without names."""


def records() -> Iterator[type[Any]]:
    for name in MODULES:
        module = importlib.import_module(name)
        for _, found in inspect.getmembers(module, inspect.isclass):
            if found.__module__ == module.__name__ and is_dataclass(found):
                yield found


def plain_classes() -> Iterator[type[Any]]:
    """Those that are no records, no lists of words, no errors, and no types for the type checker alone."""
    for name in MODULES:
        module = importlib.import_module(name)
        for _, found in inspect.getmembers(module, inspect.isclass):
            is_other = issubclass(found, Enum | Exception | tuple) or Protocol in found.__mro__
            if found.__module__ == module.__name__ and not is_dataclass(found) and not is_other:
                yield found


def functions() -> Iterator[Callable[..., Any]]:
    for name in MODULES:
        module = importlib.import_module(name)
        classes = [found for _, found in inspect.getmembers(module, inspect.isclass)]
        for place in (module, *classes):
            members = [found for _, found in inspect.getmembers(place, inspect.isfunction)]
            yield from (one for one in members if one.__module__ == module.__name__ and one.__name__[:2] != "__")


each_record = pytest.mark.parametrize("record", list(records()), ids=lambda record: record.__name__)


@each_record
def test_a_record_is_never_changed_and_takes_no_other_fields(record: Any) -> None:
    assert record.__dataclass_params__.frozen
    assert record.__slots__ == tuple(field.name for field in fields(record))


@each_record
def test_a_record_is_made_with_the_names_of_its_fields(record: Any) -> None:
    is_step = record.__module__ == "paystream.model.steps"

    assert all(field.kw_only is not (is_step or record.__name__ in SMALL) for field in fields(record))


def test_every_class_of_the_model_is_a_record() -> None:
    assert not list(plain_classes())


def test_whatever_a_function_takes_can_be_given_by_its_name() -> None:
    taken = ((one, parameter) for one in functions() for parameter in inspect.signature(one).parameters.values())

    assert not [one.__qualname__ for one, parameter in taken if parameter.kind is parameter.POSITIONAL_ONLY]
