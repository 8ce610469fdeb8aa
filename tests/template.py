"""The stack's template as plain data: `!Ref X` is {"Ref": "X"}, `!GetAtt X.Y` is {"Fn::GetAtt": ["X", "Y"]}."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[1]


class _Loader(yaml.CSafeLoader):
    """CSafeLoader that knows CloudFormation's short forms."""


def _short_form(loader: yaml.CSafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = node.value
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".")
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _short_form)


@cache
def template() -> dict[str, Any]:
    """The whole template. Not to be changed: it is shared."""
    loader = _Loader((REPOSITORY / "template.yaml").read_text())
    loaded: dict[str, Any] = loader.get_single_data()
    return loaded


def resources(resource_type: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of a type, by logical id."""
    return {
        name: resource["Properties"]
        for name, resource in template()["Resources"].items()
        if resource["Type"] == resource_type
    }


def table_definition(logical_id: str) -> dict[str, Any]:
    """What DynamoDB's CreateTable takes of a table, its name aside."""
    properties = resources("AWS::DynamoDB::Table")[logical_id]
    kept = ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema", "StreamSpecification")
    definition = {name: copy.deepcopy(properties[name]) for name in kept if name in properties}
    if "StreamSpecification" in definition:
        definition["StreamSpecification"]["StreamEnabled"] = True
    return definition
