"""JSON Schemas in one form, so that a description and a pydantic model can be compared."""

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]

_WORDS = frozenset({"$defs", "$ref", "title", "description", "examples", "format", "writeOnly"})
"""What says nothing about which values are accepted."""

_NULL = {"type": ["null"]}


def normal_form(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Schema:
    """References inlined, words dropped, `null` as one more type, lists sorted; the document is what `#` means."""
    reference = schema.get("$ref")
    found = normal_form(_referenced(reference, document), document) if reference else {}
    for key, value in schema.items():
        if key not in _WORDS and not (key == "default" and value is None):
            _add(found, key, value, document)
    if "enum" in found:
        found.pop("type", None)
    return found


def _referenced(reference: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = document
    for key in reference.removeprefix("#/").split("/"):
        found = found[key]
    referenced: Mapping[str, Any] = found
    return referenced


def _add(found: Schema, key: str, value: Any, document: Mapping[str, Any]) -> None:
    match key:
        case "properties":
            found["properties"] = found.get("properties", {}) | _properties(value, document)
        case "required":
            found["required"] = sorted({*found.get("required", ()), *value})
        case "items":
            found["items"] = normal_form(value, document)
        case "anyOf" | "oneOf":
            found |= _choice([normal_form(schema, document) for schema in value])
        case "type":
            found["type"] = sorted([value] if isinstance(value, str) else value)
        case "const":
            found["enum"] = [value]
        case "enum":
            found["enum"] = sorted(value, key=repr)
        case _:
            found[key] = value


def _properties(schemas: Mapping[str, Schema], document: Mapping[str, Any]) -> Schema:
    return {name: normal_form(schema, document) for name, schema in schemas.items()}


def _choice(choices: Sequence[Schema]) -> Schema:
    rest = [choice for choice in choices if choice != _NULL]
    if len(rest) > 1:
        return {"choices": rest}
    (only,) = rest
    if "enum" in only:
        return only | {"enum": sorted([*only["enum"], None], key=repr)}
    return only | {"type": sorted([*only["type"], "null"])}
