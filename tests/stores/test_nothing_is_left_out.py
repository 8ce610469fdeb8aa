"""Each public method of each adapter of DynamoDB is driven by a test of this folder."""

import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import paystream.adapters.dynamodb
from paystream.adapters.dynamodb.rate_limits import DynamoTimetable
from paystream.ports.records import RecordSource
from paystream.ports.stores import Stores
from stores.conftest import LOGICAL_IDS, RATE_LIMITS
from template import resources


def test_every_method_of_every_store_is_driven(stores: Stores) -> None:
    methods = {
        f"{name}.{method}" for name in Stores.__dataclass_fields__ for method in methods_of(type(getattr(stores, name)))
    }
    assert methods - driven(r"stores\.(\w+)\.(\w+)") == set()


def test_every_method_of_the_timetable_is_driven() -> None:
    assert methods_of(DynamoTimetable) - driven(r"timetable\.(\w+)") == set()


def test_every_method_of_what_was_missed_is_driven() -> None:
    assert methods_of(RecordSource) - driven(r"source\.(\w+)") == set()


def test_every_adapter_of_dynamodb_is_one_of_these(stores: Stores, timetable: DynamoTimetable) -> None:
    package = paystream.adapters.dynamodb
    modules = [import_module(f"{package.__name__}.{module.name}") for module in pkgutil.iter_modules(package.__path__)]
    adapters = {
        found
        for module in modules
        for name, found in inspect.getmembers(module, inspect.isclass)
        if name.startswith("Dynamo") and found.__module__ == module.__name__
    }
    assert adapters == {type(getattr(stores, name)) for name in Stores.__dataclass_fields__} | {type(timetable)}


def test_every_table_of_the_template_is_there() -> None:
    assert {*LOGICAL_IDS.values(), RATE_LIMITS} == {*resources("AWS::DynamoDB::Table")}


def methods_of(adapter: type) -> set[str]:
    """The names of its public methods."""
    return {name for name, _ in inspect.getmembers(adapter, inspect.isfunction) if name[0] != "_"}


def driven(call: str) -> set[str]:
    """What the tests of this folder call, by what a pattern finds in its groups, with dots between them."""
    tests = "".join(file.read_text() for file in Path(__file__).parent.glob("test_*.py"))
    return {".".join(found.groups()) for found in re.finditer(rf"\b{call}\(", tests)}
