"""Each public method of each store is driven by a test of this folder."""

import inspect
import re
from pathlib import Path

from paystream.ports import Stores
from stores.conftest import LOGICAL_IDS
from template import resources


def test_every_method_of_every_store_is_driven(stores: Stores) -> None:
    methods = {
        f"{name}.{method}"
        for name in Stores.__dataclass_fields__
        for method, _ in inspect.getmembers(getattr(stores, name), inspect.ismethod)
        if method[0] != "_"
    }
    tests = "".join(file.read_text() for file in Path(__file__).parent.glob("test_*.py"))
    driven = {".".join(found) for found in re.findall(r"\bstores\.(\w+)\.(\w+)\(", tests)}

    assert methods - driven == set()


def test_every_table_of_the_template_is_there() -> None:
    assert {*LOGICAL_IDS.values()} == {*resources("AWS::DynamoDB::Table")}
