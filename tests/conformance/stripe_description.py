"""Stripe's OpenAPI description, as stripe-mock carries it: what an answer of Stripe may look like.

The description says which fields an object has, and leaves open that there are more. Here there are no more: a field
that Stripe does not know is a mistake of the sender. What Stripe knows and this description does not have is in
the table NOT_DESCRIBED.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

Schema = dict[str, Any]
Differences = Mapping[str, Mapping[str, str]]

_LEGACY = "a legacy field: in the description of Stripe's libraries and in stripe-mock's own fixtures, not in this one"

NOT_DESCRIBED: Differences = {
    "charge": {"source": _LEGACY},
    "payment_intent": {"source": _LEGACY},
    "checkout.session": {"allowed_payment_method_types": "came with a version after the description's"},
}
"""By object, the fields that Stripe's library knows in the pinned version and the description does not have, and why.

Each is checked: one that the description has by now, or that the sandbox does not send, must go from here.
"""

NEWER_VALUES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("dispute", "status"): ("appeal_needs_response", "appeal_under_review"),
}
"""By object and field, the words that came with a version after the description's. Each is checked, too."""

_URI = "urn:stripe:api"
_JSON = ("content", "application/json", "schema")
_WORDS = ("description", "title", "format")


@dataclass
class StripeDescription:
    """One edition of the description; `not_described` are fields by object that are taken all the same."""

    path: Path
    not_described: Differences = field(default_factory=lambda: NOT_DESCRIBED)

    @cached_property
    def document(self) -> Schema:
        loaded: Schema = json.loads(self.path.read_text())
        return loaded

    @property
    def version(self) -> str:
        """The version of Stripe's API that is described."""
        version: str = self.document["info"]["version"]
        return version

    @cached_property
    def paths(self) -> dict[str, str]:
        """The described paths by their shape, in which `*` stands for an id."""
        return {re.sub(r"\{[^}]+\}", "*", path): path for path in self.document["paths"]}

    def fields(self, name: str) -> set[str]:
        """The fields that an object has."""
        return set(self.document["components"]["schemas"][name]["properties"])

    def words(self, name: str, field_name: str) -> set[str]:
        """The words that a field may have."""
        return set(self.document["components"]["schemas"][name]["properties"][field_name]["enum"])

    def answer_problems(self, operation: str, status: int, body: Any) -> list[str]:
        """What is wrong with an answer to `GET /v1/customers/*`; nothing, if it is as described."""
        method, shape = operation.split()
        responses = self.document["paths"][self.paths[shape]][method.lower()]["responses"]
        answer = str(status) if str(status) in responses else "default"
        return self._problems(("paths", self.paths[shape], method.lower(), "responses", answer, *_JSON), body)

    def refusal_problems(self, body: Any) -> list[str]:
        """What is wrong with the body of an error."""
        return self._problems(("components", "schemas", "error"), body)

    def object_problems(self, item: Mapping[str, Any]) -> list[str]:
        """What is wrong with an object, by the name in its field `object`: for what events carry."""
        name = item["object"]
        if item.get("deleted"):
            name = f"deleted_{name}"
        return self._problems(("components", "schemas", name), item)

    def _problems(self, location: tuple[str, ...], value: Any) -> list[str]:
        pointer = "/".join(key.replace("~", "~0").replace("/", "~1") for key in location)
        validator = Draft202012Validator({"$ref": f"{_URI}#/{pointer}"}, registry=self._registry)
        return [f"{problem.json_path}: {problem.message[:300]}" for problem in _deepest(validator.iter_errors(value))]

    @cached_property
    def _registry(self) -> Registry[Any]:
        schemas = {
            name: _closed(schema, self.not_described.get(name, ()))
            for name, schema in self.document["components"]["schemas"].items()
        }
        for (name, field_name), words in NEWER_VALUES.items():
            known = schemas[name]["properties"][field_name]
            schemas[name]["properties"][field_name] = known | {"enum": [*known["enum"], *words]}
        document = {"components": {"schemas": schemas}, "paths": _converted_answers(self.document["paths"])}
        registry: Registry[Any] = Registry().with_resource(
            _URI, Resource.from_contents(document, default_specification=DRAFT202012)
        )
        return registry


def _converted_answers(paths: Schema) -> Schema:
    """The paths with the schemas of their answers converted, and nothing else."""
    return {
        path: {
            method: {
                "responses": {
                    status: {"content": {"application/json": {"schema": _closed(_json_schema(answer))}}}
                    for status, answer in operation["responses"].items()
                    if "application/json" in answer["content"]
                }
            }
            for method, operation in operations.items()
        }
        for path, operations in paths.items()
    }


def _json_schema(answer: Schema) -> Schema:
    found: Schema = answer["content"]["application/json"]["schema"]
    return found


def _closed(schema: Schema, more: Iterator[str] | Mapping[str, str] | tuple[str, ...] = ()) -> Schema:
    """A schema of OpenAPI 3.0 as JSON Schema: `nullable` spelled out, and no field but those that are named."""
    converted = {name: value for name, value in schema.items() if _says_what_is_valid(name)}
    nullable = converted.pop("nullable", False)
    if "properties" in schema:
        converted["properties"] = _all_closed(schema["properties"]) | {name: {} for name in more}
        converted.setdefault("additionalProperties", not converted["properties"])
    if isinstance(converted.get("additionalProperties"), dict):
        converted["additionalProperties"] = _closed(converted["additionalProperties"])
    if "items" in schema:
        converted["items"] = _closed(schema["items"])
    if "anyOf" in schema:
        converted["anyOf"] = [_closed(choice) for choice in schema["anyOf"]]
    return {"anyOf": [converted, {"type": "null"}]} if nullable else converted


def _all_closed(schemas: Mapping[str, Schema]) -> Schema:
    return {name: _closed(schema) for name, schema in schemas.items()}


def _says_what_is_valid(keyword: str) -> bool:
    return keyword not in _WORDS and not keyword.startswith("x-")


def _deepest(problems: Iterator[ValidationError]) -> Iterator[ValidationError]:
    """Of the alternatives of an `anyOf` that all failed, the one that came furthest says what is wrong."""
    for problem in problems:
        if not problem.context:
            yield problem
            continue
        alternatives: dict[int, list[ValidationError]] = {}
        for inner in problem.context:
            alternatives.setdefault(int(inner.schema_path[0]), []).append(inner)
        furthest: list[ValidationError] = max(alternatives.values(), key=_depth)
        yield from _deepest(iter(furthest))


def _depth(problems: list[ValidationError]) -> tuple[int, int]:
    leaves = list(_deepest(iter(problems)))
    return max(len(leaf.absolute_path) for leaf in leaves), -len(leaves)
