"""The API's description, docs/api/openapi.yaml, and what is really sent and answered held to it."""

import base64
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

import yaml
from jsonschema_rs import Draft202012Validator, Registry
from template import REPOSITORY

Location = tuple[str, ...]
"""Where something stands in the description: the keys that lead to it."""

_JSON = ("content", "application/json")
_METHODS = ("get", "put", "post", "delete", "patch")
_URI = "urn:paystream:api"


@cache
def description() -> dict[str, Any]:
    """The whole description. Not to be changed: it is shared."""
    loaded: dict[str, Any] = yaml.load(
        (REPOSITORY / "docs" / "api" / "openapi.yaml").read_text(), Loader=yaml.CSafeLoader
    )
    return loaded


@cache
def operations() -> dict[tuple[str, str], Location]:
    """Where each operation stands, by method and path: `("GET", "/api/v1/invoices")`."""
    return {
        (method.upper(), path): ("paths", path, method)
        for path, methods in description()["paths"].items()
        for method in methods
        if method in _METHODS
    }


def at(location: Location) -> Any:
    """What stands there."""
    found: Any = description()
    for key in location:
        found = found[key]
    return found


def followed(location: Location) -> Location:
    """Where it is written: here, or where a `$ref` that stands here leads to."""
    reference = at(location).get("$ref")
    return followed(tuple(reference.removeprefix("#/").split("/"))) if reference else location


@cache
def validator(location: Location) -> Draft202012Validator:
    """Checks values against the schema that stands there."""
    pointer = quote("/".join(key.replace("~", "~0").replace("/", "~1") for key in location), safe="/~")
    return Draft202012Validator({"$ref": f"{_URI}#/{pointer}"}, registry=_registry(), validate_formats=True)


@cache
def response(method: str, path: str, status: int) -> Location:
    """Where the answer of an operation is described. Fails if it is not."""
    operation = operations().get((method, path))
    assert operation, f"docs/api/openapi.yaml has no operation {method} {path}"
    assert str(status) in at(operation)["responses"], f"docs/api/openapi.yaml has no {status} for {method} {path}"
    return followed((*operation, "responses", str(status)))


def check_exchange(event: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """Fail unless a handler's answer to an event of API Gateway is described, and what it accepted, too."""
    method, path, status = event["httpMethod"], event["resource"], answer["statusCode"]
    described = response(method, path, status)
    if "content" in at(described):
        media_type, body = str(media_type_of(answer)), answer["body"]
        content = json.loads(body) if media_type in _JSON else body
        _conforms((*described, "content", media_type, "schema"), content, f"the answer {status} to {method} {path}")
    else:
        assert answer["body"] == "", (
            f"docs/api/openapi.yaml describes no body of the answer {status} to {method} {path}"
        )
    _check_headers(at(described).get("headers", {}), answer["headers"].keys() - {"Content-Type"})
    operation = operations()[method, path]
    if status == 200 and "requestBody" in at(operation) and (event["body"] or _wants_body(operation)):
        _conforms((*operation, "requestBody", *_JSON, "schema"), _body(event), f"an accepted {method} {path}")


def media_type_of(answer: Mapping[str, Any]) -> str | None:
    """Of a handler's answer, without its parameters."""
    said = answer["headers"].get("Content-Type")
    return said.partition(";")[0] if said else None


def complaints(schema: Draft202012Validator, value: Any) -> list[str]:
    """What is wrong with a value, each with where."""
    return [f"{'.'.join(map(str, error.instance_path))}: {error.message}" for error in schema.iter_errors(value)]


def examples(location: Location) -> Iterator[tuple[str, Any]]:
    """The examples of a request body or a response by name."""
    content = (*followed(location), *_JSON)
    for name in at(content).get("examples", {}):
        yield name, at(followed((*content, "examples", name)))["value"]


@cache
def _registry() -> Registry:
    return Registry([(_URI, description())])


def _conforms(schema: Location, value: Any, what: str) -> None:
    errors = complaints(validator(schema), value)
    assert not errors, f"{what} is not as docs/api/openapi.yaml says: {errors}"


def _check_headers(described: Mapping[str, Mapping[str, str]], sent: set[str]) -> None:
    always = {name for name, header in described.items() if at(_referenced(header)).get("required")}
    assert always <= sent <= described.keys(), f"headers sent: {sent}, described: {set(described)}"


def _wants_body(operation: Location) -> bool:
    return bool(at((*operation, "requestBody")).get("required"))


def _referenced(header: Mapping[str, str]) -> Location:
    return tuple(header["$ref"].removeprefix("#/").split("/"))


def _body(event: Mapping[str, Any]) -> Any:
    body: str = event["body"]
    return json.loads(base64.b64decode(body) if event.get("isBase64Encoded") else body)
