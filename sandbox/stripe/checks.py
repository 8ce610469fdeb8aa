"""Checks of single parameters: each returns the value with its type or raises `ApiError` 400 as Stripe does."""

from collections.abc import Callable
from typing import Any

from .errors import ApiError, invalid_request
from .wire import JsonObject

MOST_KEYS = 50
"""Of the metadata of one object."""
Check = Callable[[Any, str], Any]


def either(scalar: Check | None, nested: Check | None, clearable: bool) -> Check:
    def check(value: Any, path: str) -> Any:
        if value == "" and clearable:
            return ""
        if nested is not None and (isinstance(value, dict) or scalar is None):
            return nested(value, path)
        return (scalar or string)(value, path)

    return check


def first_of(checks: list[Check]) -> Check:
    """The last alternative says what is wrong when none fits: allowed words say the most."""

    def check(value: Any, path: str) -> Any:
        for attempt in checks[:-1]:
            try:
                return attempt(value, path)
            except ApiError:
                continue
        return checks[-1](value, path)

    return check


def nested_object(validate: Callable[[JsonObject, str], JsonObject]) -> Check:
    def check(value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            raise invalid_request("Invalid object", param=path)
        return validate(value, path)

    return check


def array(item: Check) -> Check:
    def check(value: Any, path: str) -> Any:
        if value == "":
            return []
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            raise invalid_request("Invalid array", param=path)
        return [item(value[key], f"{path}[{key}]") for key in sorted(value, key=int)]

    return check


def metadata(value: Any, path: str) -> Any:
    """https://docs.stripe.com/api/metadata: up to 50 keys of 40 characters with values of 500; "" unsets."""
    if value == "":
        return ""
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise invalid_request(f"Invalid hash: {path} must be a set of key-value pairs of strings.", param=path)
    # Assumed (limits-of-metadata): too many or too long entries are refused without a code.
    if len(value) > MOST_KEYS:
        raise invalid_request(f"Metadata can have up to {MOST_KEYS} keys.", param=path)
    for key, item in value.items():
        if len(key) > 40:
            raise invalid_request(f"Metadata keys must be under 40 characters, but '{key}' isn't.", param=path)
        if len(item) > 500:
            message = f"Metadata values can have up to 500 characters, but you passed in one of {len(item)}."
            raise invalid_request(message, param=f"{path}[{key}]")
    return value


def one_of(allowed: tuple[Any, ...]) -> Check:
    def check(value: Any, path: str) -> Any:
        if value not in allowed:
            words = f"{', '.join(allowed[:-1])}, or {allowed[-1]}" if len(allowed) > 1 else str(allowed[0])
            raise invalid_request(f"Invalid {path}: must be one of {words}", param=path)
        return value

    return check


def string(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise invalid_request(f"Invalid string: {value}", param=path)
    if value == "":
        raise invalid_request(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty "
            "value.",
            code="parameter_invalid_empty",
            param=path,
        )
    if len(value) > 5000:
        raise invalid_request(
            f"Invalid string: {value[:10]}...{value[-10:]}; must be at most 5000 characters",
            code="parameter_invalid_string",
            param=path,
        )
    return value


def _integer(value: Any, path: str) -> int:
    text = string(value, path)
    if not text.lstrip("-").isdecimal():
        raise invalid_request(f"Invalid integer: {text}", code="parameter_invalid_integer", param=path)
    return int(text)


def _boolean(value: Any, path: str) -> bool:
    if value not in ("true", "false"):
        raise invalid_request(f"Invalid boolean: {value}", param=path)
    return bool(value == "true")


SCALARS: dict[Any, Check] = {str: string, int: _integer, bool: _boolean}
